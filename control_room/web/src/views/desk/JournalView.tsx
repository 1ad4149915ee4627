import { useCallback, useMemo, useState } from "react";
import { api, ask } from "../../api/client";
import { usePoll } from "../../api/poll";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { instantOf, reversed } from "../../i18n/typed";
import { Freshness } from "../../ui/Freshness";
import { ProblemNote } from "../../ui/ProblemNote";
import { JournalFilters, NO_FILTER, type JournalFilter } from "./JournalFilters";
import { JournalTable } from "./JournalTable";
import { JournalCheck } from "./JournalCheck";

const PAGE = 50;
const POLL_MS = 5000;

export function JournalView() {
  const { t } = useText();
  const person = usePerson();
  const [filter, setFilter] = useState<JournalFilter>(NO_FILTER);
  /** The cursors that lead to the page shown; none is the newest. */
  const [trail, setTrail] = useState<string[]>([]);
  const cursor = trail.at(-1);

  const query = useMemo(() => {
    const from = instantOf(filter.range.from);
    const to = instantOf(filter.range.to);
    return {
      limit: PAGE,
      cursor,
      camera: filter.camera || undefined,
      commune: filter.commune || undefined,
      person: filter.person || undefined,
      from: from === null ? undefined : toWire(from),
      to: to === null ? undefined : toWire(to),
    };
  }, [filter, cursor]);
  const disorder = reversed(filter.range);
  const load = useCallback(
    () => (disorder ? Promise.resolve({ items: [], next: null }) : ask(api.GET("/api/v1/journal", { params: { query } }))),
    [query, disorder],
  );
  const page = usePoll(load, trail.length === 0 ? POLL_MS : 0);
  const next = page.data?.next ?? null;

  return (
    <div className="pad" data-testid="view-journal">
      <div className="title-row">
        <h1>{t.journal.title}</h1>
        {page.data !== null && <Freshness polled={page} />}
        {person.kind === "admin" && <JournalCheck />}
      </div>
      <JournalFilters value={filter} onChange={(value) => { setFilter(value); setTrail([]); }} />
      {page.data === null && <ProblemNote problem={page.problem} />}
      {page.data === null && page.problem === null && <p className="hint">{t.loading}</p>}
      {page.data !== null && !disorder && <JournalTable entries={page.data.items} />}
      <div className="title-row pager">
        <span className="hint" data-testid="journal-page">{t.journal.page(trail.length + 1)}</span>
        {trail.length > 0 && <button type="button" onClick={() => setTrail([])} data-testid="journal-newest">{t.journal.newest}</button>}
        <button type="button" disabled={next === null} data-testid="journal-older"
          onClick={() => { if (next !== null) setTrail([...trail, next]); }}>
          {t.journal.older}
        </button>
      </div>
    </div>
  );
}
