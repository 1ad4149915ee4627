import { useText } from "../i18n/text";
import { bareClock, utcSeconds, zoneOffset } from "../i18n/times";
import { isSummer, meaningOf, type Typed } from "../i18n/typed";
import { Field, type Fault } from "./Field";

interface Props {
  label: string;
  value: Typed;
  onChange: (value: Typed) => void;
  error?: Fault | undefined;
  required?: boolean;
  testId: string;
}

/** An instant typed in the centre's time, shown in UTC as it is sent; where the clock shows it twice, which one is asked. */
export function TimeField({ label, value, onChange, error, required = false, testId }: Props) {
  const { t, language } = useText();
  const meaning = meaningOf(value);
  const known = meaning.kind === "once" || meaning.kind === "twice";
  const hint = known ? t.time.utc(zoneOffset(meaning.ms), utcSeconds(meaning.ms)) : undefined;
  const name = (ms: number): string =>
    t.time.which(bareClock(language, ms), isSummer(ms) ? t.time.summer : t.time.winter, zoneOffset(ms));
  return (
    <Field label={`${label} (${t.time.zone})`} hint={hint} error={meaning.kind === "never" ? t.time.never : error}>
      {(ids) => (
        <>
          <input {...ids} type="datetime-local" step={1} required={required} value={value.text} data-testid={testId}
            onChange={(event) => onChange({ text: event.target.value, second: false })} />
          {meaning.kind === "twice" && (
            <select aria-label={t.time.twice} value={String(value.second)} data-testid={`${testId}-which`}
              onChange={(event) => onChange({ ...value, second: event.target.value === "true" })}>
              {meaning.both.map((ms, index) => <option key={ms} value={String(index === 1)}>{name(ms)}</option>)}
            </select>
          )}
        </>
      )}
    </Field>
  );
}
