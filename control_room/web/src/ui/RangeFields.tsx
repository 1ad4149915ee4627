import type { Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { ofField, utcExact } from "../i18n/times";
import { errorOf, Field } from "./Field";

export interface RangeText {
  from: string;
  to: string;
}

interface Props {
  value: RangeText;
  onChange: (value: RangeText) => void;
  problem: Problem | null;
}

/** Two instants typed in local time, each shown in UTC as it will be sent. */
export function RangeFields({ value, onChange, problem }: Props) {
  const { t } = useText();
  const instant = (text: string): string | undefined => {
    const ms = ofField(text);
    return ms === null ? undefined : t.utc(utcExact(ms).slice(0, 19));
  };
  const from = ofField(value.from);
  const to = ofField(value.to);
  const disorder = from !== null && to !== null && to <= from ? t.badRange : undefined;
  return (
    <div className="pair">
      <Field label={`${t.from} (${t.local})`} hint={instant(value.from)} error={errorOf(problem, "from")}>
        {(ids) => (
          <input {...ids} type="datetime-local" step={1} required value={value.from} data-testid="range-from"
            onChange={(event) => onChange({ ...value, from: event.target.value })} />
        )}
      </Field>
      <Field label={`${t.toExcluded} (${t.local})`} hint={instant(value.to)} error={errorOf(problem, "to") ?? disorder}>
        {(ids) => (
          <input {...ids} type="datetime-local" step={1} required value={value.to} data-testid="range-to"
            onChange={(event) => onChange({ ...value, to: event.target.value })} />
        )}
      </Field>
    </div>
  );
}
