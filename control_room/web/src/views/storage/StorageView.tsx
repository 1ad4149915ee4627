import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { storageQuery } from "../../api/queries";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { Said } from "../../ui/Said";
import { State } from "../../ui/State";
import { ClockDialog } from "./ClockDialog";
import { standing, type Standing } from "./standing";
import buttons from "../../ui/buttons.module.css";
import cards from "../../ui/card.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./storage.module.css";

/** Whether what is due is destroyed, and what to do where it is not. */
export function StorageView() {
  const { t } = useText();
  const words = t.storage;
  const told = useQuery(storageQuery);
  const [confirming, setConfirming] = useState(false);
  return (
    <div className={spacing.pad} data-testid="view-storage">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <p className={prose.hint}>{words.explain}</p>
        {told.data !== undefined && <Freshness polled={told} />}
      </div>
      <Awaited query={told} />
      {told.data !== undefined && <Card stands={standing(told.data)} onConfirm={() => setConfirming(true)} />}
      {told.data !== undefined && told.data.held_alarm !== "" && (
        <p className={classes(notes.note, notes.bad)} role="alert" data-testid="storage-held"><Said why={told.data.held_alarm_why} text={told.data.held_alarm} /></p>
      )}
      {confirming && told.data !== undefined && (
        <ClockDialog told={told.data} at={told.dataUpdatedAt} onClose={() => setConfirming(false)} onDone={() => void told.refetch()} />
      )}
    </div>
  );
}

function Card({ stands, onConfirm }: { stands: Standing; onConfirm: () => void }) {
  const { t, language } = useText();
  const words = t.storage;
  const well = stands.kind === "destroying";
  return (
    <article className={well ? cards.card : classes(notes.note, notes.bad, styles.refusal)} data-testid="storage-state" data-kind={stands.kind}>
      {/* Only this is read out: the service's reason names the time, which is another at each poll. */}
      <p role="status"><strong >{well ? <State tone="good">{words[stands.kind]}</State> : words[stands.kind]}</strong></p>
      {stands.kind === "destroying" && <span>{words.destroyingExplain}</span>}
      {stands.kind === "unheard" && (
        <>
          <span>{stands.heardAt === null ? words.neverHeard : words.lastHeard(dateTime(language, stands.heardAt))}</span>
          <span>{words.unheardDo}</span>
        </>
      )}
      {stands.kind === "failing" && (
        <>
          <span>{words.law}</span>
          <span>{words.reason} <Said why={stands.ground.why} text={stands.ground.text} /></span>
        </>
      )}
      {stands.kind === "refused" && (
        <>
          {stands.since !== null && <span>{words.since(dateTime(language, stands.since))}</span>}
          <span>{words.nothingLost} {words.law}</span>
          <span>{stands.clock ? words.clockDo : words.otherDo}</span>
          <span data-testid="storage-refusal">{words.reason} {stands.grounds.map(({ text, why }) => <Said key={text} why={why} text={text} />)}</span>
          {stands.clock && <button type="button" className={buttons.primary} onClick={onConfirm} data-testid="clock-confirm">{words.isRight}</button>}
        </>
      )}
    </article>
  );
}
