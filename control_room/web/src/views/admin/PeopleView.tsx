import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { peopleQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import { useTerritory } from "../../api/territory";
import type { Person } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Confirm } from "../../ui/Confirm";
import { Freshness } from "../../ui/Freshness";
import { State } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { PersonForm } from "./PersonForm";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import tables from "../../ui/Table.module.css";

type Open = { kind: "new" } | { kind: "edit" | "remove"; person: Person } | null;

export function PeopleView() {
  const { t } = useText();
  const words = t.admin.people;
  const say = useSay();
  const me = usePerson();
  const { communeName } = useTerritory();
  const people = useQuery(peopleQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const columns: Column<Person>[] = [
    {
      id: "name", title: words.name, value: (person) => person.name,
      cell: (person) => <>{person.name} {person.id === me.id && <span className={prose.hint}>{words.you}</span>}</>,
    },
    { id: "login", title: words.login, value: (person) => person.login, cell: (person) => <code>{person.login}</code> },
    { id: "kind", title: words.kind, value: (person) => t.kind[person.kind], cell: (person) => t.kind[person.kind] },
    {
      id: "communes", title: words.communes,
      cell: (person) => (person.communes.length === 0 ? <span className={prose.hint}>{words.noCommune}</span> : person.communes.map(communeName).join(", ")),
    },
    {
      id: "state", title: words.state, value: (person) => Number(person.enabled),
      cell: (person) => <State tone={person.enabled ? "good" : "off"} small>{person.enabled ? words.enabled : words.disabled}</State>,
    },
    {
      id: "tools", title: t.actions, untitled: true, className: tables.tools,
      cell: (person) => (
        <>
          <button type="button" onClick={() => setOpen({ kind: "edit", person })} data-testid={`person-edit-${person.login}`}>{t.edit}</button>
          <button type="button" onClick={() => setOpen({ kind: "remove", person })} data-testid={`person-remove-${person.login}`}>{t.remove}</button>
        </>
      ),
    },
  ];
  return (
    <div className={spacing.pad} data-testid="view-people">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        {people.data !== undefined && <Freshness polled={people} />}
        <button type="button" className={classes(buttons.primary, spacing.end)} onClick={() => setOpen({ kind: "new" })} data-testid="person-new">{words.new}</button>
      </div>
      <Awaited query={people} />
      <Table columns={columns} rows={people.data ?? []} rowId={(person) => person.id} rowTestId={(person) => `person-${person.login}`}
        testId="people-table" label={words.title} />
      {(open?.kind === "new" || open?.kind === "edit") && (
        <PersonForm person={open.kind === "edit" ? open.person : null} onClose={close}
          onSaved={(name) => {
            say(t.admin.saved(name));
            void people.refetch();
            close();
          }} />
      )}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.person.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/people/{person_id}", { params: { path: { person_id: open.person.id } } }));
            say(t.admin.removed(open.person.name));
            void people.refetch();
          }} />
      )}
    </div>
  );
}
