import { useTerritory } from "../../api/territory";
import type { JournalEntry } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { resourceWords } from "../../i18n/words";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import prose from "../../ui/prose.module.css";
import tables from "../../ui/Table.module.css";

const TONE: Record<JournalEntry["outcome"], Tone> = { granted: "good", refused: "bad", done: "off" };

export function JournalTable({ entries }: { entries: readonly JournalEntry[] }) {
  const { t, language } = useText();
  const { byId, communeName } = useTerritory();
  if (entries.length === 0) return <p className={prose.hint}>{t.journal.empty}</p>;
  return (
    <div className={tables.wrap} role="region" tabIndex={0} aria-label={t.journal.title}>
      <table role="table" data-testid="journal-table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">#</th>
            <th role="columnheader" scope="col">{t.journal.when}</th>
            <th role="columnheader" scope="col">{t.journal.who}</th>
            <th role="columnheader" scope="col">{t.journal.action}</th>
            <th role="columnheader" scope="col">{t.journal.outcome}</th>
            <th role="columnheader" scope="col">{t.journal.what}</th>
            <th role="columnheader" scope="col">{t.journal.motive}</th>
            <th role="columnheader" scope="col">{t.journal.client}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {entries.map((entry) => (
            <tr role="row" key={entry.seq} data-testid="journal-entry" data-action={entry.action} data-outcome={entry.outcome} title={`${t.journal.hash} ${entry.hash}`}>
              <td role="cell" data-title="#" className={prose.hint}>{entry.seq}</td>
              <td role="cell" data-title={t.journal.when} className={prose.nowrap}><time dateTime={entry.at}>{dateTime(language, Date.parse(entry.at))}</time></td>
              <td role="cell" data-title={t.journal.who}>
                {entry.login === "" ? <span className={prose.hint}>{t.journal.nobody}</span> : entry.login}
                {entry.kind !== null && <span className={prose.hint}>{t.kind[entry.kind]}</span>}
              </td>
              <td role="cell" data-title={t.journal.action}>{t.journal.actions[entry.action] ?? <code>{entry.action}</code>}</td>
              <td role="cell" data-title={t.journal.outcome}><State tone={TONE[entry.outcome]} small>{t.journal.outcomes[entry.outcome]}</State></td>
              <td role="cell" data-title={t.journal.what}>
                {entry.camera === "" ? resourceWords(entry.resource, t) : (byId.get(entry.camera)?.name ?? entry.camera)}
                {entry.commune !== "" && <span className={prose.hint}>{communeName(entry.commune)}</span>}
              </td>
              <td role="cell" data-title={t.journal.motive}>
                {entry.motive}
                <Said why={entry.why} text={entry.detail} />
              </td>
              <td role="cell" data-title={t.journal.client} className={prose.hint}>{entry.client}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
