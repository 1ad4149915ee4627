import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { Field } from "../../ui/Field";
import { tell } from "../../ui/router";
import { UnknownChoice } from "../../ui/UnknownChoice";
import { daysReversed } from "./reading";
import styles from "./register.module.css";

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
  const { cameras, communes, communeName } = useTerritory();
  // Without the cursor: another filter begins at its newest page.
  const set = (change: Partial<Filter>) => tell({ ...value, ...change });
  const offered = (cameras ?? []).filter((camera) => value.commune === "" || camera.commune === value.commune);
  return (
    <div className={styles.filters}>
      <Field label={t.commune}>
        {(ids) => (
          <select {...ids} value={value.commune} data-testid="destructions-commune" onChange={(event) => set({ commune: event.target.value, camera: "" })}>
            <option value="">{t.journal.filterCommune}</option>
            {communes?.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
            <UnknownChoice id={value.commune} known={communes?.some((one) => one.code === value.commune)} />
          </select>
        )}
      </Field>
      <Field label={t.camera}>
        {(ids) => (
          <select {...ids} value={value.camera} data-testid="destructions-camera" onChange={(event) => set({ camera: event.target.value })}>
            <option value="">{t.journal.filterCamera}</option>
            {offered.map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
            <UnknownChoice id={value.camera} known={offered.some((one) => one.id === value.camera)} />
          </select>
        )}
      </Field>
      <Field label={words.firstDay}>
        {(ids) => <input {...ids} type="date" value={value.from} data-testid="destructions-from" onChange={(event) => set({ from: event.target.value })} />}
      </Field>
      <Field label={words.lastDay} error={daysReversed(value.from, value.to) ? words.badDays : undefined}>
        {(ids) => <input {...ids} type="date" value={value.to} data-testid="destructions-to" onChange={(event) => set({ to: event.target.value })} />}
      </Field>
    </div>
  );
}
