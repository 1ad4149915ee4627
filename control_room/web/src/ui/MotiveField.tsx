import { useText } from "../i18n/text";
import { Field, type Fault } from "./Field";

interface Props {
  value: string;
  onChange: (value: string) => void;
  error?: Fault | undefined;
  hint?: string;
  placeholder?: string;
  autoFocus?: boolean;
}

export function MotiveField({ value, onChange, error, hint, placeholder, autoFocus }: Props) {
  const { t } = useText();
  return (
    <Field label={t.motive} hint={hint ?? t.motiveHint} error={error}>
      {(ids) => (
        <input {...ids} type="text" required minLength={3} maxLength={500} value={value} placeholder={placeholder}
          autoFocus={autoFocus} data-testid="motive" onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}
