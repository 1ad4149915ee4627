import { useEffect, useRef, useState } from "react";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { draw } from "../../playback/draw";
import type { Span } from "../../playback/planner";
import { panned, timeAt, zoomed, type Window } from "../../playback/timeline";
import { classes } from "../../ui/classes";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

interface Props {
  view: Window;
  known: Window;
  ranges: readonly Span[];
  buffered: readonly Span[];
  cursorMs: number | null;
  onView: (view: Window) => void;
  onSeek: (ms: number) => void;
}

/** The range as a slider: recorded parts, gaps hatched, the instant shown. Click seeks, wheel zooms, Shift and wheel moves. */
export function Timeline({ view, known, ranges, buffered, cursorMs, onView, onSeek }: Props) {
  const { t, language } = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hoverMs, setHoverMs] = useState<number | null>(null);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, { shown: view, known, ranges, buffered, cursorMs, hoverMs, language });
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
  return (
    <div className={styles.timeline}>
      <canvas ref={canvas} role="slider" tabIndex={0} aria-label={t.playback.timeline} data-testid="timeline"
        aria-valuemin={known.from} aria-valuemax={known.to} aria-valuenow={Math.round(cursor)} aria-valuetext={dateTime(language, cursor)}
        onPointerMove={(event) => {
          setHoverMs(at(event));
          if (event.buttons === 1) onSeek(at(event));
        }}
        onPointerLeave={() => setHoverMs(null)}
        onPointerDown={(event) => {
          if (event.button === 0) onSeek(at(event));
        }}
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
