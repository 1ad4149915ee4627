import { useCallback, useMemo, useState } from "react";
import { api, ask } from "../../api/client";
import { usePoll } from "../../api/poll";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { reversed } from "../../i18n/typed";
import { Freshness } from "../../ui/Freshness";
import { ofRange, pageIn, rangeIn, sameQuery } from "../../ui/place";
import { ProblemNote } from "../../ui/ProblemNote";
import { go, tell, useRoute } from "../../ui/router";
import { JournalFilters, type JournalFilter } from "./JournalFilters";
import { JournalTable } from "./JournalTable";
import { JournalCheck } from "./JournalCheck";

const PAGE = 50;
const POLL_MS = 5000;

export function JournalView() {
  const { t } = useText();
  const me = usePerson();
  const { query: told } = useRoute();
  const { page: number, cursor } = pageIn(told);
  const { commune = "", camera = "", person = "" } = told;
  const [typing, setTyping] = useState(() => rangeIn(told));
  // What is being typed stays as it is while it means what the address says.
  const range = sameQuery(ofRange(typing), ofRange(rangeIn(told))) ? typing : rangeIn(told);
  const { from, to } = ofRange(range);
  const change = (value: JournalFilter) => {
    setTyping(value.range);
    tell({ commune: value.commune, camera: value.camera, person: value.person, ...ofRange(value.range) });
  };

  const query = useMemo(
    () => ({
      limit: PAGE,
      cursor,
      camera: camera || undefined,
      commune: commune || undefined,
      person: person || undefined,
      from: from || undefined,
      to: to || undefined,
    }),
    [commune, camera, person, from, to, cursor],
  );
  const disorder = reversed(range);
  const load = useCallback(
    () => (disorder ? Promise.resolve({ items: [], next: null }) : ask(api.GET("/api/v1/journal", { params: { query } }))),
    [query, disorder],
  );
  const page = usePoll(load, cursor === undefined ? POLL_MS : 0);
  const next = page.data?.next ?? null;

  return (
    <div className="pad" data-testid="view-journal">
      <div className="title-row">
        <h1>{t.journal.title}</h1>
        {page.data !== null && <Freshness polled={page} />}
        {me.kind === "admin" && <JournalCheck />}
      </div>
      <JournalFilters value={{ commune, camera, person, range }} onChange={change} />
      {page.data === null && <ProblemNote problem={page.problem} />}
      {page.data === null && page.problem === null && <p className="hint">{t.loading}</p>}
      {page.data !== null && !disorder && <JournalTable entries={page.data.items} />}
      <Pager page={number} next={next} />
    </div>
  );
}

function Pager({ page, next }: { page: number; next: string | null }) {
  const { t } = useText();
  const { query } = useRoute();
  const turn = (cursor: string, to: string) => go("journal", "", { ...query, cursor, page: to });
  return (
    <div className="title-row pager">
      <span className="hint" data-testid="journal-page">{t.journal.page(page)}</span>
      {page > 1 && <button type="button" onClick={() => turn("", "")} data-testid="journal-newest">{t.journal.newest}</button>}
      <button type="button" disabled={next === null} onClick={() => { if (next !== null) turn(next, String(page + 1)); }} data-testid="journal-older">
        {t.journal.older}
      </button>
    </div>
  );
}
