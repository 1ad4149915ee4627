import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import { deskQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import type { Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { instantOf, rangeOf, typed, typedRange } from "../../i18n/typed";
import { CameraChoices } from "../../ui/CameraChoices";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { SelectField } from "../../ui/SelectField";
import { submitting } from "../../ui/submitting";
import { TextField } from "../../ui/TextField";
import { TimeField } from "../../ui/TimeField";
import { articleName, articleOf, doubtOf, mandateOf } from "./articles";
import buttons from "../../ui/buttons.module.css";
import spacing from "../../ui/spacing.module.css";

const QUARTER_MS = 15 * 60_000;
type Capacity = Requisition["officer"]["capacity"];

interface Props {
  /** The requisition to change, null for a new one. */
  before: Requisition | null;
  onSaved: (file: string) => void;
}

/** The fields of a requisition. What the article does not allow is said before it is sent, and by the server again. */
export function RequisitionForm({ before, onSaved }: Props) {
  const { t } = useText();
  const words = t.requisitions;
  const person = usePerson();
  const desk = useQuery(deskQuery).data;
  const [file, setFile] = useState(before?.file ?? "");
  const [article, setArticle] = useState(before?.article ?? "60-1");
  const [name, setName] = useState(before?.officer.name ?? "");
  const [capacity, setCapacity] = useState<string>(before?.officer.capacity ?? "opj");
  const [service, setService] = useState(before?.officer.service ?? "");
  const [mandate, setMandate] = useState(before?.officer.mandate ?? "");
  const [cameras, setCameras] = useState<string[]>(before?.cameras ?? []);
  const [range, setRange] = useState(() =>
    before === null ? typedRange(Date.now() - QUARTER_MS, Date.now()) : typedRange(Date.parse(before.from), Date.parse(before.to)));
  const [receivedBy, setReceivedBy] = useState(before?.received_by ?? person.name);
  const [receivedAt, setReceivedAt] = useState(() => typed(before === null ? Date.now() : Date.parse(before.received_at)));
  const [motive, setMotive] = useState(before?.motive ?? "");

  const known = articleOf(desk, article);
  const needs = mandateOf(known, capacity);
  const choose = (code: string) => {
    setArticle(code);
    const signers = articleOf(desk, code)?.signers ?? [];
    if (!signers.some((one) => one.capacity === capacity)) setCapacity(signers[0]?.capacity ?? "");
  };

  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      const received = instantOf(receivedAt);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      if (received === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "received_at", detail: t.time.never }]);
      if (cameras.length === 0) {
        throw new Problem(400, t.exports.chooseCameras, "bad-input", [{ field: "cameras", detail: t.exports.chooseCameras }]);
      }
      const body = {
        file, article, officer: { name, capacity: capacity as Capacity, service, mandate }, cameras, motive,
        from: toWire(span.from), to: toWire(span.to), received_by: receivedBy, received_at: toWire(received),
      };
      if (before === null) return ask(api.POST("/api/v1/requisitions", { body }));
      const params = { path: { requisition_id: before.id } };
      return ask(api.PUT("/api/v1/requisitions/{requisition_id}", { params, body: { ...body, version: before.version } }));
    },
    onSuccess: () => {
      if (before === null) {
        setFile("");
        setMotive("");
        setMandate("");
        setCameras([]);
      }
      onSaved(file);
    },
  });
  const problem = send.error;
  const signers = known?.signers ?? [];
  return (
    <form className={spacing.stack} onSubmit={submitting(send)}>
      <TextField label={words.file} hint={words.fileHint} value={file} onChange={setFile} error={errorOf(problem, "file")} testId="requisition-file" />
      <SelectField label={words.article} value={article} onChange={choose} testId="requisition-article"
        hint={doubtOf(known, t) || undefined} error={errorOf(problem, "article")}
        options={(desk?.articles ?? []).map((one) => [one.code, articleName(one.code, t)] as const)} />
      <fieldset className={spacing.stack}>
        <legend>{words.officer}</legend>
        <TextField label={words.officerName} value={name} onChange={setName} error={errorOf(problem, "name")} testId="requisition-officer" />
        <SelectField label={words.capacityLabel} value={capacity} onChange={setCapacity} error={errorOf(problem, "capacity")} testId="requisition-capacity"
          options={signers.map((one) => [one.capacity, words.capacity[one.capacity]] as const)} />
        <TextField label={words.service} value={service} onChange={setService} error={errorOf(problem, "service")} testId="requisition-service" />
        {needs !== null && needs !== "none" && (
          <TextField label={words.mandateLabel} hint={words.mandates[needs]} value={mandate} onChange={setMandate} required={needs !== "decision-after-a-month"}
            error={errorOf(problem, "mandate")} testId="requisition-mandate" />
        )}
      </fieldset>
      <CameraChoices chosen={cameras} onChange={setCameras} error={errorOf(problem, "cameras")} />
      <RangeFields value={range} onChange={setRange} problem={problem} />
      <div className={spacing.pair}>
        <TextField label={words.receivedBy} value={receivedBy} onChange={setReceivedBy} error={errorOf(problem, "received_by")} testId="requisition-received-by" />
        <TimeField label={words.receivedAt} value={receivedAt} onChange={setReceivedAt} error={errorOf(problem, "received_at")} required testId="requisition-received-at" />
      </div>
      <MotiveField value={motive} onChange={setMotive} error={errorOf(problem, "motive")} />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="requisition-submit">
        {before === null ? words.submit : words.save}
      </button>
    </form>
  );
}
