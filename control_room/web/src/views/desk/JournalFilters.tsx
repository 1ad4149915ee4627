import { useQuery } from "@tanstack/react-query";
import { once, peopleQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import type { TypedRange } from "../../i18n/typed";
import { Field } from "../../ui/Field";
import { RangeFields } from "../../ui/RangeFields";
import { UnknownChoice } from "../../ui/UnknownChoice";
import styles from "./journal.module.css";

export interface JournalFilter {
  commune: string;
  camera: string;
  person: string;
  range: TypedRange;
}

interface Props {
  value: JournalFilter;
  onChange: (value: JournalFilter) => void;
}

export function JournalFilters({ value, onChange }: Props) {
  const { t } = useText();
  const me = usePerson();
  const { cameras, communes, communeName } = useTerritory();
  const people = useQuery({ ...once(peopleQuery), enabled: me.kind === "admin" });
  const set = (change: Partial<JournalFilter>) => onChange({ ...value, ...change });
  const offered = (cameras ?? []).filter((camera) => value.commune === "" || camera.commune === value.commune);
  return (
    <div className={styles.filters}>
      <Field label={t.commune}>
        {(ids) => (
          <select {...ids} value={value.commune} data-testid="journal-commune" onChange={(event) => set({ commune: event.target.value, camera: "" })}>
            <option value="">{t.journal.filterCommune}</option>
            {communes?.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
            <UnknownChoice id={value.commune} known={communes?.some((one) => one.code === value.commune)} />
          </select>
        )}
      </Field>
      <Field label={t.camera}>
        {(ids) => (
          <select {...ids} value={value.camera} data-testid="journal-camera" onChange={(event) => set({ camera: event.target.value })}>
            <option value="">{t.journal.filterCamera}</option>
            {offered.map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
            <UnknownChoice id={value.camera} known={offered.some((one) => one.id === value.camera)} />
          </select>
        )}
      </Field>
      {me.kind === "admin" && (
        <Field label={t.journal.who}>
          {(ids) => (
            <select {...ids} value={value.person} data-testid="journal-person" onChange={(event) => set({ person: event.target.value })}>
              <option value="">{t.journal.filterPerson}</option>
              {people.data?.map((one) => <option key={one.id} value={one.id}>{one.name} ({one.login})</option>)}
              <UnknownChoice id={value.person} known={people.data?.some((one) => one.id === value.person)} />
            </select>
          )}
        </Field>
      )}
      <RangeFields value={value.range} problem={null} required={false} testId="journal" onChange={(range) => set({ range })} />
    </div>
  );
}
