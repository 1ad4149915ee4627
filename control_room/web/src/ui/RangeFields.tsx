import type { Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { reversed, type TypedRange } from "../i18n/typed";
import { errorOf } from "./Field";
import { TimeField } from "./TimeField";
import spacing from "./spacing.module.css";

interface Props {
  value: TypedRange;
  onChange: (value: TypedRange) => void;
  problem: Problem | null;
  /** Both ends must be given. */
  required?: boolean;
  /** What the fields' test ids begin with. */
  testId?: string;
}

/** The two ends of a range. One that ends before it starts says so. */
export function RangeFields({ value, onChange, problem, required = true, testId = "range" }: Props) {
  const { t } = useText();
  return (
    <div className={spacing.pair}>
      <TimeField label={t.from} value={value.from} error={errorOf(problem, "from")} required={required} testId={`${testId}-from`}
        onChange={(from) => onChange({ ...value, from })} />
      <TimeField label={t.toExcluded} value={value.to} error={reversed(value) ? t.badRange : errorOf(problem, "to")} required={required}
        testId={`${testId}-to`} onChange={(to) => onChange({ ...value, to })} />
    </div>
  );
}
