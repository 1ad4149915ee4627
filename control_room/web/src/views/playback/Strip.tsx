import { useText } from "../../i18n/text";
import { bareClock, dateTime } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import { stripOf, type Thumbs } from "../../playback/thumbs";
import type { Window } from "../../playback/timeline";
import { Thumbnail } from "./Thumbnail";
import styles from "./playback.module.css";

const COUNT = 8;

interface Props {
  thumbs: Thumbs | null;
  view: Window;
  ranges: readonly Span[];
  onSeek: (ms: number) => void;
}

/** Pictures of what the timeline shows, from left to right; each leads to its instant. */
export function Strip({ thumbs, view, ranges, onSeek }: Props) {
  const { t, language } = useText();
  return (
    <ol className={styles.strip} aria-label={t.playback.strip} data-testid="strip">
      {stripOf(view, COUNT).map((atMs, place) => (
        <li key={place}>
          {ranges.some((range) => atMs >= range.from && atMs < range.to) ? (
            <button type="button" onClick={() => onSeek(atMs)} aria-label={dateTime(language, atMs)}>
              <Thumbnail thumbs={thumbs} atMs={atMs} />
              <small>{bareClock(language, atMs)}</small>
            </button>
          ) : (
            <span className={styles.hole} title={t.playback.legend.gap} />
          )}
        </li>
      ))}
    </ol>
  );
}
