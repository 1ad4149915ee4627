import { useQuery } from "@tanstack/react-query";
import { destructionsQuery, once } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { Destruction } from "../../api/types";
import { useText } from "../../i18n/text";
import { bytes, dateTime, plainDate } from "../../i18n/times";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { pageIn } from "../../ui/place";
import { go, useRoute } from "../../ui/router";
import { State, type Tone } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { Filters } from "./Filters";
import { Head } from "./Head";
import { dayIn, daysReversed } from "./reading";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import tables from "../../ui/Table.module.css";
import styles from "./register.module.css";

const TONE: Record<Destruction["ground"], Tone> = { deadline: "good", room: "wait", lost: "bad", departed: "good" };
const idOf = (line: Destruction): string => [line.commune, line.camera, line.kind, line.day, line.ground].join("-");

/** How the register stands, and its lines of the communes one may see. */
export function Lines() {
  const { t } = useText();
  const { query: told } = useRoute();
  const { page: number, cursor } = pageIn(told);
  const { commune = "", camera = "" } = told;
  const [from, to] = [dayIn(told, "from"), dayIn(told, "to")];
  const disorder = daysReversed(from, to);
  const query = destructionsQuery({ commune, camera, from, to }, cursor);
  // What is older hardly changes while it is read.
  const page = useQuery({ ...(cursor === undefined ? query : once(query)), enabled: !disorder });
  const next = page.data?.next ?? null;
  return (
    <>
      <Head />
      <Filters value={{ commune, camera, from, to }} />
      {!disorder && <Awaited query={page} />}
      {page.data !== undefined && !disorder && <LinesTable lines={page.data.items} />}
      <div className={classes(spacing.titleRow, styles.pager)}>
        <span className={prose.hint} data-testid="destructions-page">{t.journal.page(number)}</span>
        {number > 1 && (
          <button type="button" onClick={() => go("destructions", "", { ...told, cursor: "", page: "" })} data-testid="destructions-newest">
            {t.journal.newest}
          </button>
        )}
        <button type="button" disabled={next === null || disorder} data-testid="destructions-older"
          onClick={() => { if (next !== null) go("destructions", "", { ...told, cursor: next, page: String(number + 1) }); }}>
          {t.journal.older}
        </button>
      </div>
    </>
  );
}

function LinesTable({ lines }: { lines: readonly Destruction[] }) {
  const { t, language } = useText();
  const words = t.register;
  const { byId, communeName } = useTerritory();
  if (lines.length === 0) return <p className={prose.hint} data-testid="destructions-empty">{words.empty}</p>;
  const when = (text: string) => <time dateTime={text}>{dateTime(language, Date.parse(text))}</time>;
  const columns: Column<Destruction>[] = [
    { id: "day", title: words.day, className: prose.nowrap, cell: (line) => <time dateTime={line.day}>{plainDate(language, line.day)}</time> },
    { id: "commune", title: t.commune, cell: (line) => communeName(line.commune) },
    {
      id: "camera", title: t.camera,
      cell: (line) => <>{byId.get(line.camera)?.name ?? line.camera}{line.kind !== "main" && <span className={prose.hint}>{words.sub}</span>}</>,
    },
    { id: "ground", title: words.ground, cell: (line) => <State tone={TONE[line.ground]} small>{words.grounds[line.ground]}</State> },
    { id: "segments", title: words.segments, className: tables.number, cell: (line) => line.segments.toLocaleString(language) },
    { id: "bytes", title: words.size, className: tables.number, cell: (line) => bytes(line.bytes, language) },
    { id: "range", title: words.range, cell: (line) => <>{when(line.from)} – {when(line.to)}</> },
    { id: "at", title: words.at, cell: (line) => (line.first_at === line.last_at ? when(line.last_at) : <>{when(line.first_at)} – {when(line.last_at)}</>) },
  ];
  return (
    <Table columns={columns} rows={lines} rowId={idOf} rowTestId={(line) => `destroyed-${line.camera}-${line.day}`}
      testId="destructions-table" label={words.title} />
  );
}
