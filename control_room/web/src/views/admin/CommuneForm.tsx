import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Commune } from "../../api/types";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf, Field } from "../../ui/Field";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";
import fields from "../../ui/Field.module.css";

interface Props {
  commune: Commune | null;
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function CommuneForm({ commune, onSaved, onClose }: Props) {
  const { t } = useText();
  const words = t.admin.communes;
  const [code, setCode] = useState(commune?.code ?? "");
  const [name, setName] = useState(commune?.name ?? "");
  const [population, setPopulation] = useState(String(commune?.population ?? ""));
  const [hasCsu, setHasCsu] = useState(commune?.has_csu ?? false);
  const send = useMutation({
    mutationFn: () => {
      const rest = { name, population: Number(population), has_csu: hasCsu };
      return commune === null
        ? ask(api.POST("/api/v1/communes", { body: { code, ...rest } }))
        : ask(api.PATCH("/api/v1/communes/{code}", { params: { path: { code: commune.code } }, body: rest }));
    },
    onSuccess: () => onSaved(name),
  });
  const problem = send.error;
  return (
    <DraftDialog title={commune === null ? words.new : words.edit(commune.name)} onClose={onClose} testId="commune-form">
      {(close) => (
        <form onSubmit={submitting(send)}>
          <Field label={words.code} error={errorOf(problem, "code")}>
            {(ids) => (
              <input {...ids} required disabled={commune !== null} pattern="[0-9][0-9AB][0-9]{3}" maxLength={5} value={code} data-testid="commune-code"
                onChange={(event) => setCode(event.target.value)} />
            )}
          </Field>
          <Field label={words.name} error={errorOf(problem, "name")}>
            {(ids) => <input {...ids} required maxLength={120} value={name} data-testid="commune-name" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={words.population} error={errorOf(problem, "population")}>
            {(ids) => (
              <input {...ids} type="number" required min={0} step={1} value={population} data-testid="commune-population"
                onChange={(event) => setPopulation(event.target.value)} />
            )}
          </Field>
          <label className={fields.check}>
            <input type="checkbox" checked={hasCsu} data-testid="commune-csu" onChange={(event) => setHasCsu(event.target.checked)} />
            {words.hasCsu}
          </label>
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="commune-save">{commune === null ? t.create : t.save}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
