import { useText } from "../../i18n/text";
import { bareClock, span } from "../../i18n/times";
import { coveredMs, spanOf, type Mask } from "../../playback/masks";
import buttons from "../../ui/buttons.module.css";
import styles from "./masks.module.css";

interface Props {
  /** Of the requisition or the access request that has them. */
  id: string;
  masks: readonly Mask[];
  onSeek: (ms: number) => void;
}

/** The masks of a request as they will be burnt in, over the pictures: to be looked at before somebody approves them. */
export function Looked({ id, masks, onSeek }: Props) {
  const { t, language } = useText();
  const words = t.masks;
  return (
    <section className={styles.panel} aria-label={words.looked} data-testid="masks-looked">
      <p>
        <strong>{words.looked}</strong> : {words.total(masks.length, span(coveredMs(masks.map(spanOf))))}{" "}
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
