import { useText } from "../../i18n/text";
import { dateTime, span } from "../../i18n/times";
import type { Gap } from "../../playback/storage";
import { longest } from "../../playback/timeline";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

const MOST = 100;

/** What is missing of the range and why, in words: the timeline for whoever has no pointer. */
export function Gaps({ gaps, onSeek }: { gaps: readonly Gap[]; onSeek: (ms: number) => void }) {
  const { t, language } = useText();
  if (gaps.length === 0) return null;
  const named = longest(gaps, MOST);
  const words = t.playback.gaps;
  return (
    <details className={styles.gaps} data-testid="gaps">
      <summary>{words.title}</summary>
      <ol>
        {named.map((gap) => (
          <li key={gap.from}>
            <button type="button" className={buttons.plain} data-cause={gap.cause} onClick={() => onSeek(gap.from)}>
              {words.one(dateTime(language, gap.from), span(gap.to - gap.from), words.cause(gap.cause))}
            </button>
          </li>
        ))}
      </ol>
      {named.length < gaps.length && <p className={prose.hint}>{words.more(gaps.length - named.length)}</p>}
    </details>
  );
}
