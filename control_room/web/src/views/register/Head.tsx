import { useQuery } from "@tanstack/react-query";
import { registerStandingQuery } from "../../api/queries";
import type { RegisterStanding } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, span } from "../../i18n/times";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { useNow } from "../../ui/now";
import { Said } from "../../ui/Said";
import { State } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { headAge } from "./reading";
import cards from "../../ui/card.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./register.module.css";

type Refused = RegisterStanding["refused"][number];

/** The newest signed head of the register, and the heads that were refused. */
export function Head() {
  const { t, language } = useText();
  const words = t.register.head;
  const asked = useQuery(registerStandingQuery);
  const now = useNow(1000);
  const told = asked.data;
  if (told === undefined) return <Awaited query={asked} />;
  const age = headAge(told, Math.max(0, now - asked.dataUpdatedAt));
  const newest = told.newest;
  return (
    <>
      <section className={cards.card} aria-label={words.title} data-testid="register-head" data-number={newest?.number ?? 0}>
        <header>
          <h2 className={cards.title}>{words.title}</h2>
          {age !== null && <State tone={age.quiet ? "wait" : "good"} small data-testid="register-head-age">{words.age(span(age.ms))}</State>}
          <Freshness polled={asked} now={now} />
        </header>
        {newest === null ? (
          <p className={prose.hint}>{words.none}</p>
        ) : (
          <>
            <p className={cards.facts}>
              <span>{words.number(newest.number)}</span>
              {newest.at !== null && <span>{words.signed(dateTime(language, Date.parse(newest.at)))}</span>}
              {newest.began !== null && <span>{words.began(dateTime(language, Date.parse(newest.began)))}</span>}
            </p>
            <p className={styles.hash}>{words.digest} <code data-testid="register-head-digest">{newest.digest}</code></p>
            <p className={styles.hash}>{words.key} <code>{newest.fingerprint}</code></p>
            <p className={prose.hint}>{age?.quiet === true ? words.quiet : words.note}</p>
          </>
        )}
      </section>
      {told.refused.length > 0 && <RefusedHeads heads={told.refused} />}
    </>
  );
}

function RefusedHeads({ heads }: { heads: readonly Refused[] }) {
  const { t, language } = useText();
  const words = t.register.head;
  const columns: Column<Refused>[] = [
    { id: "at", title: t.journal.when, className: prose.nowrap, cell: (one) => <time dateTime={one.at}>{dateTime(language, Date.parse(one.at))}</time> },
    { id: "why", title: words.why, cell: (one) => <Said why={one.why} text={one.detail} /> },
    { id: "digest", title: words.digest, className: styles.hash, cell: (one) => <code>{one.digest}</code> },
  ];
  return (
    <section className={classes(notes.note, notes.bad)} data-testid="register-refused">
      <h2 className={cards.title}>{words.refused(heads.length)}</h2>
      <p>{words.refusedExplain}</p>
      <Table columns={columns} rows={heads} rowId={(one) => `${one.at}-${one.digest}`} rowTestId={() => "refused-head"}
        testId="refused-heads" label={words.refused(heads.length)} />
    </section>
  );
}
