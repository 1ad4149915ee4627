import { useTerritory } from "../../api/territory";
import type { JournalEntry } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { Said } from "../../ui/Said";

const TONE: Record<JournalEntry["outcome"], string> = { granted: "good", refused: "bad", done: "off" };

export function JournalTable({ entries }: { entries: readonly JournalEntry[] }) {
  const { t, language } = useText();
  const { byId, communeName } = useTerritory();
  if (entries.length === 0) return <p className="hint">{t.journal.empty}</p>;
  return (
    <div className="table-wrap">
      <table data-testid="journal-table">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{t.journal.when}</th>
            <th scope="col">{t.journal.who}</th>
            <th scope="col">{t.journal.action}</th>
            <th scope="col">{t.journal.outcome}</th>
            <th scope="col">{t.journal.what}</th>
            <th scope="col">{t.journal.motive}</th>
            <th scope="col">{t.journal.client}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq} data-testid="journal-entry" data-action={entry.action} data-outcome={entry.outcome} title={`${t.journal.hash} ${entry.hash}`}>
              <td className="hint">{entry.seq}</td>
              <td className="nowrap"><time dateTime={entry.at}>{dateTime(language, Date.parse(entry.at))}</time></td>
              <td>
                {entry.login === "" ? <span className="hint">{t.journal.nobody}</span> : entry.login}
                {entry.kind !== null && <span className="hint">{t.kind[entry.kind]}</span>}
              </td>
              <td>{t.journal.actions[entry.action] ?? <code>{entry.action}</code>}</td>
              <td><span className={`state small ${TONE[entry.outcome]}`}>{t.journal.outcomes[entry.outcome]}</span></td>
              <td>
                {entry.camera === "" ? entry.resource : (byId.get(entry.camera)?.name ?? entry.camera)}
                {entry.commune !== "" && <span className="hint">{communeName(entry.commune)}</span>}
              </td>
              <td>
                {entry.motive}
                <Said why={entry.why} text={entry.detail} />
              </td>
              <td className="hint">{entry.client}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
