import { Field, type Fault } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | undefined;
  error?: Fault | undefined;
  maxLength: number;
  testId: string;
}

/** Some lines that may be left empty, taken as they are. */
export function LongTextField({ label, value, onChange, hint, error, maxLength, testId }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <textarea {...ids} rows={3} maxLength={maxLength} value={value} spellCheck={false} data-testid={testId} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
