import { useQuery } from "@tanstack/react-query";
import { once, peopleQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import type { TypedRange } from "../../i18n/typed";
import { Field } from "../../ui/Field";
import { PlaceFilters } from "../../ui/PlaceFilters";
import { RangeFields } from "../../ui/RangeFields";
import { UnknownChoice } from "../../ui/UnknownChoice";

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
  const people = useQuery({ ...once(peopleQuery), enabled: me.kind === "admin" });
  const set = (change: Partial<JournalFilter>) => onChange({ ...value, ...change });
  return (
    <PlaceFilters value={value} onChange={set} testId="journal"
      wide={<RangeFields value={value.range} problem={null} required={false} testId="journal" onChange={(range) => set({ range })} />}>
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
    </PlaceFilters>
  );
}
