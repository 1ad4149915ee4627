import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { accessRequestsQuery, exportsQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { AccessRequest, Export } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, day } from "../../i18n/times";
import { forgetClosed } from "../../playback/maskDrafts";
import { Awaited } from "../../ui/Awaited";
import { keepFile } from "../../ui/download";
import { Freshness } from "../../ui/Freshness";
import { State } from "../../ui/State";
import { AccessAnswer } from "./AccessAnswer";
import { AccessCopies } from "./AccessCopies";
import { AccessForm } from "./AccessForm";
import cards from "../../ui/card.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

/** Requests of people who were filmed: each has its day, and one answer. */
export function AccessView() {
  const { t } = useText();
  const words = t.access;
  const found = useQuery(accessRequestsQuery);
  const exports = useQuery(exportsQuery).data ?? [];
  const { byId } = useTerritory();
  const [answering, setAnswering] = useState<AccessRequest | null>(null);
  const names = (camera: string) => byId.get(camera)?.name ?? camera;
  const again = () => void found.refetch();

  useEffect(() => forgetClosed(found.data ?? []), [found.data]);
  return (
    <div className={spacing.pad} data-testid="view-access">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <p className={prose.hint}>{words.explain}</p>
        <Freshness polled={found} />
      </div>
      <div className={styles.desk}>
        <AccessForm onCreated={() => void found.refetch()} />
        <div className={styles.cards}>
          <Awaited query={found} />
          {found.data?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
          {found.data?.map((one) => <Card key={one.id} one={one} exports={exports} names={names} onAnswer={() => setAnswering(one)} onDone={again} />)}
        </div>
      </div>
      {answering !== null && <AccessAnswer one={answering} exports={exports} names={names} onClose={() => setAnswering(null)} onDone={again} />}
    </div>
  );
}

interface CardProps {
  one: AccessRequest;
  exports: readonly Export[];
  names: (camera: string) => string;
  onAnswer: () => void;
  onDone: () => void;
}

function Card({ one, exports, names, onAnswer, onDone }: CardProps) {
  const { t, language } = useText();
  const words = t.access;
  const { communeName } = useTerritory();
  const at = (text: string) => dateTime(language, Date.parse(text));
  const open = one.status === "open";
  return (
    <article className={cards.card} data-testid={`access-${one.id}`} data-status={one.status}>
      <header>
        <h3 className={cards.title}>{one.person}</h3>
        <State tone={one.overdue ? "bad" : open ? "wait" : "off"}>{one.overdue ? words.overdue : words.status[one.status]}</State>
        {open && <span>{words.dueAt(day(language, Date.parse(one.due_at)))}</span>}
        {open && <button type="button" className={spacing.end} onClick={onAnswer} data-testid="access-answer">{words.answer}</button>}
      </header>
      <div className={cards.facts}>
        <span>{one.contact}</span>
        <span>{one.identity}</span>
        <span>{one.cameras.map(names).join(", ")} · {communeName(one.commune)}</span>
        <span>{at(one.from)} → {at(one.to)}</span>
        {one.ending !== null && <span>{words.ended(one.ending.by, at(one.ending.at))}</span>}
        {one.ending?.ground != null && <span>{words.ground} : {words.grounds[one.ending.ground]}</span>}
        {one.ending !== null && <span>{one.ending.motive}</span>}
      </div>
      {open && <AccessCopies one={one} exports={exports} names={names} onDone={onDone} />}
      {one.ending !== null && <Answered ending={one.ending} names={names} />}
    </article>
  );
}

/** What was handed over, with its receipts, and what was proven to be gone. */
function Answered({ ending, names }: { ending: NonNullable<AccessRequest["ending"]>; names: (camera: string) => string }) {
  const { t } = useText();
  const words = t.access;
  return (
    <>
      {ending.package !== "" && <p className={cards.hash}><small>{words.package} : {ending.package} <code>{ending.sha256}</code> ({words.unchecked})</small></p>}
      {ending.proof !== "" && <p className={cards.hash}><small>{words.status.destroyed} ({words.unchecked})</small></p>}
      {ending.handed.map((copy) => (
        <p key={copy.export} className={cards.hash}>
          <small>{words.package} : {copy.export} <code>{copy.sha256}</code></small>{" "}
          <button type="button" className={styles.receipt} onClick={() => keepFile(`beffroi-receipt-${copy.export}.json`, copy.receipt)} data-testid="access-receipt">{words.receipt(names(copy.camera))}</button>
        </p>
      ))}
      {ending.gone.map((one) => (
        <p key={one.camera} className={cards.hash} data-testid="access-gone"><small>{words.gone(names(one.camera))} ({t.register.proof.found[one.found]}) <code>{one.head}</code></small></p>
      ))}
    </>
  );
}
