import { useTerritory } from "../../api/territory";
import type { DestructionAnswer } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, span, utcExact } from "../../i18n/times";
import { keepFile } from "../../ui/download";
import { State } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { TONE_OF_FATE, toneOf } from "./reading";
import cards from "../../ui/card.module.css";
import prose from "../../ui/prose.module.css";
import tables from "../../ui/Table.module.css";
import styles from "./register.module.css";

type Part = DestructionAnswer["parts"][number];
/** More are read in the file. */
const MOST = 100;
const KEY_FILE = "evidence-public.pem";

/** What the proof says, in words; the files to hand over, and how anybody checks them. */
export function Answer({ answer, cameraId }: { answer: DestructionAnswer; cameraId: string }) {
  const { t, language } = useText();
  const words = t.register.proof;
  const { byId } = useTerritory();
  const file = `destruction-${cameraId}.json`;
  return (
    <section className={styles.answer} aria-label={words.answer} data-testid="proof-answer" data-found={answer.found}>
      <article className={cards.card}>
        <h2 className={styles.verdict}><State tone={toneOf(answer.found)}>{words.found[answer.found]}</State></h2>
        <p>{words.means[answer.found]}</p>
        <p className={cards.facts}>
          <span>{byId.get(cameraId)?.name ?? cameraId}</span>
          {answer.segments > 0 && <span>{words.segments(answer.segments)}</span>}
          {answer.at !== null && <span>{words.asOf(dateTime(language, Date.parse(answer.at)))}</span>}
        </p>
        <ul data-testid="proof-totals">
          {answer.totals.map((one) => (
            <li key={one.fate}><State tone={TONE_OF_FATE[one.fate]} small>{words.fates[one.fate]}</State> : {span(one.seconds * 1000)}</li>
          ))}
        </ul>
        {answer.head !== "" && <p className={styles.hash}>{words.head} <code>{answer.head}</code></p>}
      </article>
      {answer.parts.length > 0 && <Parts parts={answer.parts} total={answer.parts_total} />}
      <section className={cards.card} data-testid="proof-verify">
        <h3 className={cards.title}>{words.verifyTitle}</h3>
        <div className={styles.files}>
          <button type="button" onClick={() => keepFile(file, answer.proof)} data-testid="proof-download">{words.download}</button>
          <button type="button" onClick={() => keepFile(KEY_FILE, answer.public_key)} data-testid="proof-key">{words.downloadKey}</button>
        </div>
        <p>{words.verify}</p>
        <pre className={styles.command}><code>{`beffroi verify destruction ${file} --key ${KEY_FILE}`}</code></pre>
        <p className={styles.hash}>{words.fingerprint} <code>{answer.fingerprint}</code></p>
        <p className={prose.hint}>{words.verifyExplain}</p>
      </section>
    </section>
  );
}

function Parts({ parts, total }: { parts: readonly Part[]; total: number }) {
  const { t, language } = useText();
  const words = t.register.proof;
  const shown = parts.slice(0, MOST);
  const end = (text: string) => <time dateTime={text} title={`${utcExact(Date.parse(text))} UTC`}>{dateTime(language, Date.parse(text))}</time>;
  const columns: Column<Part>[] = [
    { id: "from", title: t.from, className: prose.nowrap, cell: (part) => end(part.from) },
    { id: "to", title: t.toExcluded, className: prose.nowrap, cell: (part) => end(part.to) },
    { id: "length", title: words.length, className: tables.number, cell: (part) => span(Date.parse(part.to) - Date.parse(part.from)) },
    { id: "fate", title: words.fate, cell: (part) => <State tone={TONE_OF_FATE[part.fate]} small>{words.fates[part.fate]}</State> },
  ];
  return (
    <article className={cards.card}>
      <h3 className={cards.title}>{words.parts}</h3>
      <Table columns={columns} rows={shown} rowId={(part) => part.from} rowTestId={() => "proof-part"} testId="proof-parts" label={words.parts} />
      {total > shown.length && <p className={prose.hint}>{words.more(total - shown.length)}</p>}
    </article>
  );
}
