import { useText } from "../../i18n/text";
import { bareClock, span } from "../../i18n/times";
import { draftName, keepMasks, keptMasks } from "../../playback/maskDrafts";
import { coveredMs, spanOf, type Mask } from "../../playback/masks";
import { go, useRoute } from "../../ui/router";
import buttons from "../../ui/buttons.module.css";
import styles from "./masks.module.css";

interface Props {
  /** Of the requisition or the access request that has them. */
  id: string;
  camera: string;
  masks: readonly Mask[];
  onSeek: (ms: number) => void;
}

/** The masks of a request as they will be burnt in, over the pictures: to be looked at before somebody approves them. */
export function Looked({ id, camera, masks, onSeek }: Props) {
  const { t, language } = useText();
  const words = t.masks;
  return (
    <section className={styles.panel} aria-label={words.looked} data-testid="masks-looked">
      <p>
        <strong>{words.looked}</strong> : {words.total(masks.length, span(coveredMs(masks.map(spanOf))))}{" "}
        <TakeUp id={id} camera={camera} masks={masks} />{" "}
        <a href={id.startsWith("a-") ? "#/access" : "#/requisitions"} data-testid="masks-back">{words.back}</a>
      </p>
      <ol className={styles.list}>
        {masks.map((mask, number) => {
          const { from, to } = spanOf(mask);
          return (
            <li key={mask.id} className={styles.row}>
              <span>{words.name(number + 1)}</span>
              <button type="button" className={buttons.plain} onClick={() => onSeek(from)} data-testid={`look-${mask.id}`}>{bareClock(language, from)} → {bareClock(language, to)}</button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Makes them a draft of one's own, to be corrected and sent anew; never over a draft there is. */
function TakeUp({ id, camera, masks }: { id: string; camera: string; masks: readonly Mask[] }) {
  const { t } = useText();
  const { query: { from = "", to = "", at = "" } } = useRoute();
  const request = id.startsWith("a-") ? id : "";
  const name = draftName(camera, request);
  const taken = keptMasks(name).length > 0;
  return (
    <button type="button" disabled={taken || masks.length === 0} title={taken ? t.masks.hasDraft : undefined} data-testid="masks-take-up"
      onClick={() => {
        keepMasks(name, masks);
        go("playback", camera, { from, to, at, for: request, draw: "1" });
      }}>
      {t.masks.takeUp}
    </button>
  );
}
