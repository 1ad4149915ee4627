import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { keepFile } from "../../ui/download";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { SelectField } from "../../ui/SelectField";
import { submitting } from "../../ui/submitting";
import { TextField } from "../../ui/TextField";
import buttons from "../../ui/buttons.module.css";

interface Props {
  one: Requisition;
  onDone: () => void;
  onClose: () => void;
}

/** Who is given the package; the signed receipt is kept at once. */
export function DeliverDialog({ one, onDone, onClose }: Props) {
  const { t } = useText();
  const words = t.requisitions;
  const [name, setName] = useState(one.officer.name);
  const [capacity, setCapacity] = useState<string>(one.officer.capacity);
  const [service, setService] = useState(one.officer.service);
  const [medium, setMedium] = useState("");
  const [motive, setMotive] = useState("");
  const send = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/requisitions/{requisition_id}/deliver", {
        params: { path: { requisition_id: one.id } },
        body: { name, capacity: capacity as Requisition["officer"]["capacity"], service, medium, motive },
      })),
    onSuccess: (line) => {
      keepFile(`beffroi-receipt-${line.export}.json`, line.receipt);
      onDone();
      onClose();
    },
  });
  const problem = send.error;
  return (
    <DraftDialog title={words.deliver} onClose={onClose} testId="deliver-dialog" downloads>
      {(close) => (
        <form onSubmit={submitting(send)}>
          <p>{words.deliverAsk}</p>
          <TextField label={words.officerName} value={name} onChange={setName} error={errorOf(problem, "name")} testId="deliver-name" />
          <SelectField label={words.capacityLabel} value={capacity} onChange={setCapacity} error={errorOf(problem, "capacity")} testId="deliver-capacity"
            options={Object.entries(words.capacity)} />
          <TextField label={words.service} value={service} onChange={setService} error={errorOf(problem, "service")} testId="deliver-service" />
          <TextField label={words.medium} hint={words.mediumHint} value={medium} onChange={setMedium} error={errorOf(problem, "medium")} testId="deliver-medium" />
          <MotiveField value={motive} onChange={setMotive} error={errorOf(problem, "motive")} />
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="deliver-submit">{words.deliverSubmit}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
