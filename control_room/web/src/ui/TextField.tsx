import { Field, type Fault } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string | undefined;
  error?: Fault | undefined;
  required?: boolean;
  maxLength?: number;
  testId: string;
}

/** One line. */
export function TextField({ label, value, onChange, hint, error, required = true, maxLength = 120, testId }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => <input {...ids} required={required} maxLength={maxLength} value={value} data-testid={testId} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
