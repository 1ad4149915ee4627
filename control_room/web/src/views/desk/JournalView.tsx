import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { journalQuery, once } from "../../api/queries";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { reversed } from "../../i18n/typed";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { ofRange, pageIn, rangeIn, sameQuery } from "../../ui/place";
import { go, tell, useRoute } from "../../ui/router";
import { JournalFilters, type JournalFilter } from "./JournalFilters";
import { JournalTable } from "./JournalTable";
import { JournalCheck } from "./JournalCheck";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./journal.module.css";

export function JournalView() {
  const { t } = useText();
  const me = usePerson();
  const { query: told } = useRoute();
  const { page: number, cursor } = pageIn(told);
  const { commune = "", camera = "", person = "" } = told;
  const [typing, setTyping] = useState(() => rangeIn(told));
  // What is being typed stays as it is while it means what the address says.
  const range = sameQuery(ofRange(typing), ofRange(rangeIn(told))) ? typing : rangeIn(told);
  const change = (value: JournalFilter) => {
    setTyping(value.range);
    tell({ commune: value.commune, camera: value.camera, person: value.person, ...ofRange(value.range) });
  };

  const disorder = reversed(range);
  const query = journalQuery({ commune, camera, person, ...ofRange(range) }, cursor);
  // What is older stays as it is.
  const page = useQuery({ ...(cursor === undefined ? query : once(query)), enabled: !disorder });
  const next = page.data?.next ?? null;

  return (
    <div className={spacing.pad} data-testid="view-journal">
      <div className={classes(spacing.titleRow, styles.head)}>
        <h1>{t.journal.title}</h1>
        {page.data !== undefined && <Freshness polled={page} />}
        {me.kind === "admin" && <JournalCheck />}
      </div>
      <JournalFilters value={{ commune, camera, person, range }} onChange={change} />
      {!disorder && <Awaited query={page} />}
      {page.data !== undefined && !disorder && <JournalTable entries={page.data.items} />}
      <Pager page={number} next={next} />
    </div>
  );
}

function Pager({ page, next }: { page: number; next: string | null }) {
  const { t } = useText();
  const { query } = useRoute();
  const turn = (cursor: string, to: string) => go("journal", "", { ...query, cursor, page: to });
  return (
    <div className={classes(spacing.titleRow, styles.pager)}>
      <span className={prose.hint} data-testid="journal-page">{t.journal.page(page)}</span>
      {page > 1 && <button type="button" onClick={() => turn("", "")} data-testid="journal-newest">{t.journal.newest}</button>}
      <button type="button" disabled={next === null} onClick={() => { if (next !== null) turn(next, String(page + 1)); }} data-testid="journal-older">
        {t.journal.older}
      </button>
    </div>
  );
}
