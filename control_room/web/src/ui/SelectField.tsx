import { Field, type Fault } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [value: string, name: string])[];
  /** What stands where nothing is chosen; without it something always is. */
  none?: string;
  hint?: string | undefined;
  error?: Fault | undefined;
  testId: string;
}

/** One of a few, by their names. */
export function SelectField({ label, value, onChange, options, none, hint, error, testId }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...ids} required value={value} data-testid={testId} onChange={(event) => onChange(event.target.value)}>
          {none !== undefined && <option value="" disabled>{none}</option>}
          {options.map(([one, name]) => <option key={one} value={one}>{name}</option>)}
        </select>
      )}
    </Field>
  );
}
