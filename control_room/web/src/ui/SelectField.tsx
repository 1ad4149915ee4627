import { Field, type Fault } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [value: string, name: string])[];
  hint?: string | undefined;
  error?: Fault | undefined;
  required?: boolean;
  testId: string;
}

/** One of a few, by their names. */
export function SelectField({ label, value, onChange, options, hint, error, required = true, testId }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...ids} required={required} value={value} data-testid={testId} onChange={(event) => onChange(event.target.value)}>
          {options.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
        </select>
      )}
    </Field>
  );
}
