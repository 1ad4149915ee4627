import { useText } from "../../i18n/text";
import { bareClock, span } from "../../i18n/times";
import { wanted } from "../../ui/place";
import { go } from "../../ui/router";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

export interface Marked {
  from: number | null;
  to: number | null;
}

/** The marked range, null while one of its ends is missing. */
export const rangeOfMarks = ({ from, to }: Marked): { from: number; to: number } | null =>
  from === null || to === null || to <= from ? null : { from, to };

/** An end is set; the other one is given up where it lies on the wrong side. */
export const withFrom = (marked: Marked, from: number): Marked => ({ from, to: marked.to !== null && marked.to > from ? marked.to : null });
export const withTo = (marked: Marked, to: number): Marked => ({ from: marked.from !== null && marked.from < to ? marked.from : null, to });

interface Props {
  cameraId: string;
  marked: Marked;
  shownMs: number | null;
  onMark: (marked: Marked) => void;
}

/** Marks a range of the timeline, and takes it to where it is held or exported. */
export function Marks({ cameraId, marked, shownMs, onMark }: Props) {
  const { t, language } = useText();
  const range = rangeOfMarks(marked);
  const end = (ms: number | null) => (ms === null ? "–" : bareClock(language, ms));
  return (
    <div className={styles.marks} role="group" aria-label={t.playback.marks.title}>
      <button type="button" disabled={shownMs === null} onClick={() => shownMs !== null && onMark(withFrom(marked, shownMs))} title={`${t.playback.marks.from} ( i )`} data-testid="mark-from">{t.playback.marks.from}</button>
      <button type="button" disabled={shownMs === null} onClick={() => shownMs !== null && onMark(withTo(marked, shownMs))} title={`${t.playback.marks.to} ( o )`} data-testid="mark-to">{t.playback.marks.to}</button>
      <span aria-live="polite" data-testid="marked">
        {marked.from === null && marked.to === null ? <span className={prose.hint}>{t.playback.marks.hint}</span> : `${end(marked.from)} → ${end(marked.to)}`}
        {range !== null && <span className={prose.hint}> ({span(range.to - range.from)})</span>}
      </span>
      {(marked.from !== null || marked.to !== null) && (
        <button type="button" className={buttons.plain} onClick={() => onMark({ from: null, to: null })} data-testid="mark-clear">{t.playback.marks.clear}</button>
      )}
      <span className={styles.marksDo}>
        <button type="button" disabled={range === null} onClick={() => range !== null && go("holds", "", wanted(cameraId, range.from, range.to))} data-testid="mark-hold">{t.playback.marks.hold}</button>
        <button type="button" disabled={range === null} onClick={() => range !== null && go("requisitions", "", wanted(cameraId, range.from, range.to))} data-testid="mark-export">{t.playback.marks.export}</button>
      </span>
    </div>
  );
}
