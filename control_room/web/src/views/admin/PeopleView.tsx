import { useState } from "react";
import { api, ask, everyPage } from "../../api/client";
import { usePoll } from "../../api/poll";
import { usePerson } from "../../api/session";
import { useTerritory } from "../../api/territory";
import type { Person } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { Confirm } from "../../ui/Confirm";
import { Freshness } from "../../ui/Freshness";
import { ProblemNote } from "../../ui/ProblemNote";
import { PersonForm } from "./PersonForm";

type Open = { kind: "new" } | { kind: "edit" | "remove"; person: Person } | null;
const POLL_MS = 10_000;
const load = () => everyPage((cursor) => api.GET("/api/v1/people", { params: { query: { cursor, limit: 200 } } }));

export function PeopleView() {
  const { t } = useText();
  const words = t.admin.people;
  const say = useSay();
  const me = usePerson();
  const { communeName } = useTerritory();
  const people = usePoll(load, POLL_MS);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <div className="pad" data-testid="view-people">
      <div className="title-row">
        <h1>{words.title}</h1>
        {people.data !== null && <Freshness polled={people} />}
        <button type="button" className="primary end" onClick={() => setOpen({ kind: "new" })} data-testid="person-new">{words.new}</button>
      </div>
      {people.data === null && <ProblemNote problem={people.problem} />}
      <div className="table-wrap">
        <table data-testid="people-table">
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{words.login}</th>
              <th scope="col">{words.kind}</th>
              <th scope="col">{words.communes}</th>
              <th scope="col">{words.state}</th>
              <th scope="col"><span className="visually-hidden">{t.actions}</span></th>
            </tr>
          </thead>
          <tbody>
            {people.data?.map((person) => (
              <tr key={person.id} data-testid={`person-${person.login}`}>
                <td>{person.name} {person.id === me.id && <span className="hint">{words.you}</span>}</td>
                <td><code>{person.login}</code></td>
                <td>{t.kind[person.kind]}</td>
                <td>{person.communes.length === 0 ? <span className="hint">{words.noCommune}</span> : person.communes.map(communeName).join(", ")}</td>
                <td><span className={`state small ${person.enabled ? "good" : "off"}`}>{person.enabled ? words.enabled : words.disabled}</span></td>
                <td className="tools">
                  <button type="button" onClick={() => setOpen({ kind: "edit", person })} data-testid={`person-edit-${person.login}`}>{t.edit}</button>
                  <button type="button" onClick={() => setOpen({ kind: "remove", person })} data-testid={`person-remove-${person.login}`}>{t.remove}</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(open?.kind === "new" || open?.kind === "edit") && (
        <PersonForm person={open.kind === "edit" ? open.person : null} onClose={close}
          onSaved={(name) => {
            say(t.admin.saved(name));
            people.refresh();
            close();
          }} />
      )}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.person.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/people/{person_id}", { params: { path: { person_id: open.person.id } } }));
            say(t.admin.removed(open.person.name));
            people.refresh();
          }} />
      )}
    </div>
  );
}
