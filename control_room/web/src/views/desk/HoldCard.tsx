import { useTerritory } from "../../api/territory";
import type { Hold } from "../../api/types";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { dateTime, day } from "../../i18n/times";
import { useNow } from "../../ui/now";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import type { HoldAct } from "./HoldDialogs";
import buttons from "../../ui/buttons.module.css";
import cards from "../../ui/card.module.css";
import styles from "./desk.module.css";

const TONE: Record<Hold["status"], Tone> = { pending: "wait", placed: "good", releasing: "wait", released: "off", refused: "bad" };
const MINUTE_MS = 60_000;

const stands = (hold: Hold): boolean => hold.status === "placed" || hold.status === "pending";

/** A hold: what it keeps, on what basis, when somebody has to look at it again, when it ends. */
export function HoldCard({ hold, onAct }: { hold: Hold; onAct: (act: HoldAct) => void }) {
  const { t } = useText();
  const words = t.holds;
  const now = useNow(MINUTE_MS);
  const late = stands(hold) && hold.ends_at === null && hold.review_at !== null && Date.parse(hold.review_at) <= now;
  return (
    <article className={cards.card} data-testid={`hold-${hold.id}`} data-status={hold.status} data-kind={hold.kind}>
      <header>
        <h3 className={cards.title}>{hold.kind === "preservation" ? words.kind.preservation : hold.reference}</h3>
        <State tone={TONE[hold.status]} data-testid="hold-status">{words.status[hold.status]}</State>
        {late && <State tone="bad" data-testid="hold-late">{words.late}</State>}
      </header>
      <Facts hold={hold} />
      <Said why={hold.why} text={hold.reason} />
      {stands(hold) && <Acts hold={hold} onAct={onAct} />}
    </article>
  );
}

function Facts({ hold }: { hold: Hold }) {
  const { t, language } = useText();
  const words = t.holds;
  const { byId, communeName } = useTerritory();
  const at = (text: string) => dateTime(language, Date.parse(text));
  return (
    <div className={cards.facts}>
      <span>{byId.get(hold.camera)?.name ?? hold.camera} · {communeName(hold.commune)}</span>
      <span>{at(hold.from)} → {at(hold.to)}</span>
      <span>{words.basis[hold.basis]}</span>
      <span>{hold.motive}</span>
      <span>{words.placed(hold.placed_by, at(hold.placed_at))}</span>
      {hold.confirmed_by !== "" && <span>{words.confirmedBy(hold.confirmed_by)}</span>}
      {stands(hold) && hold.ends_at !== null && <span data-testid="hold-ends">{words.endsAt(at(hold.ends_at))}</span>}
      {stands(hold) && hold.ends_at === null && hold.review_at !== null && <span>{words.reviewAt} {day(language, Date.parse(hold.review_at))}</span>}
    </div>
  );
}

function Acts({ hold, onAct }: { hold: Hold; onAct: (act: HoldAct) => void }) {
  const { t } = useText();
  const words = t.holds;
  const person = usePerson();
  const unconfirmed = hold.kind === "preservation" && hold.confirmed_by === "";
  return (
    <div className={styles.acts}>
      {unconfirmed && hold.placed_by !== person.login && (
        <button type="button" className={buttons.primary} onClick={() => onAct("confirm")} data-testid="hold-confirm">{words.confirm}</button>
      )}
      {hold.ends_at === null && <button type="button" onClick={() => onAct("review")} data-testid="hold-review">{words.review}</button>}
      {hold.kind !== "requisition" && <button type="button" onClick={() => onAct("release")} data-testid="hold-release">{words.release}</button>}
    </div>
  );
}
