import { useEffect, useRef, useState } from "react";
import { useText } from "../../i18n/text";
import { dateTime, span } from "../../i18n/times";
import { draw } from "../../playback/draw";
import type { Span } from "../../playback/planner";
import type { Gap } from "../../playback/storage";
import type { Thumbs } from "../../playback/thumbs";
import { panned, timeAt, xOf, zoomed, type Window } from "../../playback/timeline";
import { classes } from "../../ui/classes";
import type { Marked } from "./Marks";
import { Thumbnail } from "./Thumbnail";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

interface Props {
  view: Window;
  known: Window;
  ranges: readonly Span[];
  gaps: readonly Gap[];
  buffered: readonly Span[];
  cursorMs: number | null;
  marked: Marked;
  thumbs: Thumbs | null;
  onMark: (marked: Marked) => void;
  onView: (view: Window) => void;
  onSeek: (ms: number) => void;
}

/** As many different pictures as a pointer can ask for along the timeline. */
const PLACES = 160;

/**
 * The range as a slider: recorded parts, gaps hatched, the instant shown. Click seeks, drawing with Shift marks a
 * range, wheel zooms, Shift and wheel moves. A small picture shows what is under the pointer, or at the cursor
 * while the slider has the focus.
 */
export function Timeline({ view, known, ranges, gaps, buffered, cursorMs, marked, thumbs, onMark, onView, onSeek }: Props) {
  const { t, language } = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const [width, setWidth] = useState(0);
  const [focused, setFocused] = useState(false);
  const marking = useRef<number | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, { shown: view, known, ranges, buffered, cursorMs, hoverMs, marked, language });
  });

  // React listens to wheels passively; the page must not scroll under the timeline.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.shiftKey) onView(panned(view, known, ((view.to - view.from) / 8) * Math.sign(event.deltaY || event.deltaX)));
      else onView(zoomed(view, known, event.deltaY > 0 ? 1.3 : 1 / 1.3, timeAt(view, width, event.offsetX)));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [view, known, width, onView]);

  const at = (event: { nativeEvent: MouseEvent }): number => timeAt(view, width, event.nativeEvent.offsetX);
  const cursor = cursorMs ?? known.from;
  const pointed = hoverMs ?? (focused ? cursorMs : null);
  const part = (view.to - view.from) / PLACES;
  const peeked = pointed === null ? null : Math.round(view.from + (Math.floor((pointed - view.from) / part) + 0.5) * part);
  const there = peeked !== null && ranges.some((range) => peeked >= range.from && peeked < range.to);
  const gap = pointed === null ? undefined : gaps.find((one) => pointed >= one.from && pointed < one.to);
  const words = t.playback.gaps;
  return (
    <div className={styles.timeline}>
      {pointed !== null && gap !== undefined && pointed >= view.from && pointed <= view.to && (
        <div className={classes(styles.peek, styles.why)} style={{ left: `clamp(120px, ${14 + xOf(view, width, pointed)}px, calc(100% - 120px))` }} aria-hidden="true" data-testid="gap-why">
          {words.one(dateTime(language, gap.from), span(gap.to - gap.from), words.cause(gap.cause))}
        </div>
      )}
      {pointed !== null && there && pointed >= view.from && pointed <= view.to && (
        <div className={styles.peek} style={{ left: `clamp(84px, ${14 + xOf(view, width, pointed)}px, calc(100% - 84px))` }} aria-hidden="true" data-testid="peek">
          <Thumbnail thumbs={thumbs} atMs={peeked} />
        </div>
      )}
      <canvas ref={canvas} role="slider" tabIndex={0} aria-label={t.playback.timeline} data-testid="timeline"
        aria-valuemin={known.from} aria-valuemax={known.to} aria-valuenow={Math.round(cursor)} aria-valuetext={dateTime(language, cursor)}
        onPointerMove={(event) => {
          setHoverMs(at(event));
          if (event.buttons !== 1) return;
          if (marking.current === null) onSeek(at(event));
          else onMark({ from: Math.min(marking.current, at(event)), to: Math.max(marking.current, at(event)) });
        }}
        onPointerLeave={() => setHoverMs(null)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          marking.current = event.shiftKey ? at(event) : null;
          if (event.shiftKey) event.currentTarget.setPointerCapture(event.pointerId);
          else onSeek(at(event));
        }}
        onPointerUp={() => {
          marking.current = null;
        }}
        onFocus={(event) => setFocused(event.currentTarget.matches(":focus-visible"))}
        onBlur={() => setFocused(false)}
        onKeyDown={(event) => {
          if (event.key === "Home") onSeek(known.from);
          else if (event.key === "End") onSeek(known.to - 2000);
          else return;
          event.preventDefault();
        }} />
      <div className={classes(styles.legend, prose.hint)}>
        <span>{dateTime(language, view.from)}</span>
        <span className={styles.swatches} aria-hidden="true">
          <i className={classes(styles.swatch, styles.recorded)} /> {t.playback.legend.recorded}
          <i className={classes(styles.swatch, styles.gap)} /> {t.playback.legend.gap}
        </span>
        <span>{dateTime(language, view.to)}</span>
      </div>
    </div>
  );
}
