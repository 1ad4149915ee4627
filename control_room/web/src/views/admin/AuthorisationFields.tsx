import type { Problem } from "../../api/problem";
import { useText } from "../../i18n/text";
import { errorOf, Field } from "../../ui/Field";
import type { CameraDraft } from "./cameraDraft";
import fields from "../../ui/Field.module.css";
import notes from "../../ui/note.module.css";
import spacing from "../../ui/spacing.module.css";

interface Props {
  draft: CameraDraft;
  problem: Problem | null;
  onChange: (change: Partial<CameraDraft>) => void;
}

/** The prefect's decision: number, dates and the retention it fixes. */
export function AuthorisationFields({ draft, problem, onChange }: Props) {
  const { t } = useText();
  const words = t.admin.cameras;
  return (
    <fieldset className={spacing.stack}>
      <legend>{words.authorisation}</legend>
      <label className={fields.check}>
        <input type="checkbox" checked={draft.authorised} data-testid="camera-authorised" onChange={(event) => onChange({ authorised: event.target.checked })} />
        {words.hasAuthorisation}
      </label>
      {!draft.authorised && <p className={notes.note}>{words.noAuthorisation}</p>}
      {draft.authorised && (
        <div className={spacing.pair}>
          <Field label={words.number} error={errorOf(problem, "number")}>
            {(ids) => <input {...ids} required maxLength={120} value={draft.number} data-testid="permit-number" onChange={(event) => onChange({ number: event.target.value })} />}
          </Field>
          <Field label={words.days} error={errorOf(problem, "days")}>
            {(ids) => <input {...ids} type="number" required min={1} max={31} value={draft.days} data-testid="permit-days" onChange={(event) => onChange({ days: event.target.value })} />}
          </Field>
          <Field label={words.leastDays} error={errorOf(problem, "least_days")}>
            {(ids) => <input {...ids} type="number" required min={0} max={31} value={draft.leastDays} data-testid="permit-least-days" onChange={(event) => onChange({ leastDays: event.target.value })} />}
          </Field>
          <Field label={words.grantedOn} error={errorOf(problem, "granted_on")}>
            {(ids) => <input {...ids} type="date" required value={draft.grantedOn} data-testid="permit-granted" onChange={(event) => onChange({ grantedOn: event.target.value })} />}
          </Field>
          <Field label={words.validUntil} error={errorOf(problem, "valid_until") ?? errorOf(problem, "authorisation")}>
            {(ids) => <input {...ids} type="date" required value={draft.validUntil} data-testid="permit-until" onChange={(event) => onChange({ validUntil: event.target.value })} />}
          </Field>
        </div>
      )}
    </fieldset>
  );
}
