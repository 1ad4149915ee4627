import { useText } from "../../i18n/text";
import { Field } from "../../ui/Field";
import { PlaceFilters } from "../../ui/PlaceFilters";
import { tell } from "../../ui/router";
import { daysReversed } from "./reading";

interface Filter {
  commune: string;
  camera: string;
  /** Days of capture, empty for any. */
  from: string;
  to: string;
}

/** What the lines are narrowed by; it stands in the address. */
export function Filters({ value }: { value: Filter }) {
  const { t } = useText();
  const words = t.register;
  // Without the cursor: another filter begins at its newest page.
  const set = (change: Partial<Filter>) => tell({ ...value, ...change });
  return (
    <PlaceFilters value={value} onChange={set} testId="destructions">
      <Field label={words.firstDay}>
        {(ids) => <input {...ids} type="date" value={value.from} data-testid="destructions-from" onChange={(event) => set({ from: event.target.value })} />}
      </Field>
      <Field label={words.lastDay} error={daysReversed(value.from, value.to) ? words.badDays : undefined}>
        {(ids) => <input {...ids} type="date" value={value.to} data-testid="destructions-to" onChange={(event) => set({ to: event.target.value })} />}
      </Field>
    </PlaceFilters>
  );
}
