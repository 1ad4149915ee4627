import { useState } from "react";
import { api, ask } from "../../api/client";
import { usePerson } from "../../api/session";
import { useTerritory } from "../../api/territory";
import type { Desk, Export, Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, span } from "../../i18n/times";
import { coveredMs } from "../../playback/masks";
import { useSay } from "../../ui/Announcer";
import { keepFile } from "../../ui/download";
import { DraftDialog } from "../../ui/DraftDialog";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import { ActDialog } from "./ActDialog";
import { articleName, articleOf, doubtOf } from "./articles";
import { DeliverDialog } from "./DeliverDialog";
import { Download } from "./Download";
import { ExportProgress } from "./ExportProgress";
import { maskSpan, MaskTimes, SeeMasks } from "./MaskTimes";
import { Preflight } from "./Preflight";
import { RequisitionForm } from "./RequisitionForm";
import buttons from "../../ui/buttons.module.css";
import cards from "../../ui/card.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./desk.module.css";

const TONE: Record<Requisition["status"], Tone> = {
  waiting: "wait", approved: "good", refused: "off", withdrawn: "off", delivered: "good", expired: "bad",
};
const AGAIN = new Set<Export["status"]>(["failed", "cancelled", "destroyed"]);
const DAY_MS = 86_400_000;
type Act = "approve" | "refuse" | "withdraw" | "retry" | "cancel" | "deliver" | "edit" | "download";

interface Props {
  one: Requisition;
  exported: Export | undefined;
  desk: Desk | undefined;
  onDone: () => void;
}

/** A requisition, where it is on its way, and what can be done with it next. */
export function RequisitionCard({ one, exported, desk, onDone }: Props) {
  const { t } = useText();
  const words = t.requisitions;
  const [act, setAct] = useState<Act | null>(null);
  const [shown, setShown] = useState(false);
  const waiting = one.status === "waiting";
  const doubt = doubtOf(articleOf(desk, one.article), t);
  return (
    <article className={cards.card} data-testid={`requisition-${one.id}`} data-status={one.status} data-file={one.file}>
      <header>
        <h3 className={cards.title}>{one.file}</h3>
        <State tone={TONE[one.status]} data-testid="requisition-status">{words.status[one.status]}</State>
        <span className={prose.hint}>{articleName(one.article, t)}</span>
      </header>
      <Facts one={one} />
      {one.decision !== "" && <p className={prose.hint}>{words.decisionMotive} : {one.decision}</p>}
      {waiting && doubt !== "" && <p className={notes.note}>{doubt}</p>}
      {one.status === "expired" && <p className={notes.note}>{words.expired}</p>}
      {exported !== undefined && one.status === "approved" && <Progress one={exported} desk={desk} />}
      {waiting && shown && <Preflight id={one.id} />}
      <div className={styles.acts}>
        <OverPictures one={one} />
        {waiting && <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)} data-testid="requisition-preflight">{words.preflightShow}</button>}
        {waiting && <Decide one={one} onAct={setAct} />}
        <Next one={one} exported={exported} onAct={setAct} />
      </div>
      {act !== null && <Doing act={act} one={one} onDone={onDone} onClose={() => setAct(null)} />}
    </article>
  );
}

/** Where the masks of a redacted copy can be looked at. */
function OverPictures({ one }: { one: Requisition }) {
  const first = one.masks[0];
  return first === undefined ? null : <SeeMasks id={one.id} camera={one.cameras[0] ?? ""} from={one.from} to={one.to} first={first.from} />;
}

function Facts({ one }: { one: Requisition }) {
  const { t, language } = useText();
  const words = t.requisitions;
  const { byId } = useTerritory();
  const at = (text: string) => dateTime(language, Date.parse(text));
  const { name, capacity, service, mandate } = one.officer;
  const last = one.entries.at(-1);
  return (
    <div className={cards.facts}>
      <span>{[name, words.capacity[capacity], service, mandate].filter((part) => part !== "").join(", ")}</span>
      <span>{one.cameras.map((id) => byId.get(id)?.name ?? id).join(", ")}</span>
      <span>{at(one.from)} → {at(one.to)}</span>
      <span>{words.received(one.received_by, at(one.received_at))}</span>
      {last !== undefined && <span>{words.entered(last.login, at(last.at))}{one.version > 1 && `, ${words.version(one.version)}`}</span>}
      {one.decided_at !== null && <span>{words.decided(one.decided_by, at(one.decided_at))}</span>}
      {one.recipient !== null && <span title={one.recipient.fingerprint} data-testid="requisition-recipient-is">{words.recipientIs(one.recipient.name, at(one.recipient.expires_at))}</span>}
      {one.masks.length > 0 && <span data-testid="requisition-redacted">{t.masks.redacted(one.masks.length, span(coveredMs(one.masks.map(maskSpan))))}</span>}
      <span>{one.motive}</span>
    </div>
  );
}

/** What can be done with one that waits: whoever entered it decides nothing. */
function Decide({ one, onAct }: { one: Requisition; onAct: (act: Act) => void }) {
  const { t } = useText();
  const words = t.requisitions;
  const person = usePerson();
  const own = one.entries.some((entry) => entry.login === person.login);
  return (
    <>
      {!own && <button type="button" className={buttons.primary} onClick={() => onAct("approve")} data-testid="requisition-approve">{words.approve}</button>}
      {!own && <button type="button" onClick={() => onAct("refuse")} data-testid="requisition-refuse">{words.refuse}</button>}
      <button type="button" onClick={() => onAct("edit")} data-testid="requisition-edit">{t.edit}</button>
      {own && <span className={prose.hint} data-testid="requisition-own">{words.own}</span>}
    </>
  );
}

function Progress({ one, desk }: { one: Export; desk: Desk | undefined }) {
  const { t, language } = useText();
  const until = one.status === "done" && one.finished_at !== null && desk !== undefined ? Date.parse(one.finished_at) + desk.collect_days * DAY_MS : null;
  return (
    <>
      <p><State tone={one.status === "done" ? "good" : AGAIN.has(one.status) ? "bad" : "wait"} data-testid="export-status">{t.exports.status[one.status]}</State></p>
      <ExportProgress one={one} />
      <Said why={one.why} text={one.reason} testId="export-reason" />
      {until !== null && <p className={prose.hint}>{t.requisitions.expires(dateTime(language, until))}</p>}
    </>
  );
}

/** What comes after the decision. */
function Next({ one, exported, onAct }: { one: Requisition; exported: Export | undefined; onAct: (act: Act) => void }) {
  const { t } = useText();
  const words = t.requisitions;
  const status = one.status === "approved" ? exported?.status : undefined;
  const running = (status === "queued" || status === "running") && exported?.ending === "";
  const again = status !== undefined && AGAIN.has(status);
  return (
    <>
      {status === "done" && <button type="button" onClick={() => onAct("download")} data-testid="requisition-download">{t.exports.download}</button>}
      {status === "done" && <button type="button" className={buttons.primary} onClick={() => onAct("deliver")} data-testid="requisition-deliver">{words.deliver}</button>}
      {running && <button type="button" onClick={() => onAct("cancel")} data-testid="requisition-cancel">{t.exports.cancel}</button>}
      {again && <button type="button" className={buttons.primary} onClick={() => onAct("retry")} data-testid="requisition-retry">{words.retry}</button>}
      {(one.status === "waiting" || again) && <button type="button" onClick={() => onAct("withdraw")} data-testid="requisition-withdraw">{words.withdraw}</button>}
      {one.status === "delivered" && <ReceiptButton id={one.id} />}
    </>
  );
}

function ReceiptButton({ id }: { id: string }) {
  const { t } = useText();
  const keep = async () => {
    const line = await ask(api.GET("/api/v1/requisitions/{requisition_id}/receipt", { params: { path: { requisition_id: id } } }));
    keepFile(`beffroi-receipt-${line.export}.json`, line.receipt);
  };
  return <button type="button" onClick={() => void keep()} data-testid="requisition-receipt">{t.requisitions.receipt}</button>;
}

interface DoingProps {
  act: Act;
  one: Requisition;
  onDone: () => void;
  onClose: () => void;
}

function Doing({ act, one, onDone, onClose }: DoingProps) {
  const { t } = useText();
  const say = useSay();
  const words = t.requisitions;
  const params = { path: { requisition_id: one.id } };
  const version = one.version;
  if (act === "deliver") {
    return <DeliverDialog one={one} onClose={onClose} onDone={() => { say(words.delivered); onDone(); }} />;
  }
  if (act === "download") return <Download id={one.export} onReady={onClose} onClose={onClose} />;
  if (act === "edit") {
    return (
      <DraftDialog title={words.edit(one.file)} testId="requisition-edit-dialog" wide onClose={onClose}>
        <RequisitionForm before={one} onSaved={() => { onDone(); onClose(); }} />
      </DraftDialog>
    );
  }
  const doing = {
    approve: { title: words.approve, explain: words.approveAsk, send: (motive: string) => ask(api.POST("/api/v1/requisitions/{requisition_id}/approve", { params, body: { version, motive } })) },
    refuse: { title: words.refuse, explain: words.refuseAsk, send: (motive: string) => ask(api.POST("/api/v1/requisitions/{requisition_id}/refuse", { params, body: { version, motive } })) },
    withdraw: { title: words.withdraw, explain: words.withdrawAsk, send: (motive: string) => ask(api.POST("/api/v1/requisitions/{requisition_id}/withdraw", { params, body: { version, motive } })) },
    retry: { title: words.retry, explain: words.approveAsk, send: (motive: string) => ask(api.POST("/api/v1/requisitions/{requisition_id}/retry", { params, body: { motive } })) },
    cancel: { title: t.exports.cancel, explain: one.file, send: (motive: string) => ask(api.POST("/api/v1/exports/{export_id}/cancel", { params: { path: { export_id: one.export } }, body: { motive } })) },
  }[act];
  return (
    <ActDialog title={doing.title} explain={doing.explain} testId="requisition-act" danger={act === "refuse" || act === "withdraw" || act === "cancel"}
      onSend={doing.send} onDone={onDone} onClose={onClose}>
      {act === "approve" && <Preflight id={one.id} />}
      {act === "approve" && one.masks.length > 0 && <MaskTimes masks={one.masks} of={one.id} camera={one.cameras[0] ?? ""} />}
    </ActDialog>
  );
}
