/** Draws the timeline: recorded, gaps hatched, what is not yet, the buffer, the cursor, hours. */
import { bareClock, zoneOffset, type Language } from "../i18n/times";
import { steadyParts } from "../i18n/zone";
import type { Span } from "./planner";
import type { Fetchable } from "./storage";
import { holes, ticks, xOf, type Window } from "./timeline";

export interface Drawing {
  shown: Window;
  /** What there can be recordings of: from the start of the range to its end or now. */
  known: Window;
  ranges: readonly Span[];
  /** Gaps whose footage a commune's recorder has. */
  fetchable: readonly Fetchable[];
  buffered: readonly Span[];
  cursorMs: number | null;
  hoverMs: number | null;
  /** The ends of the range that is marked. */
  marked: { from: number | null; to: number | null };
  language: Language;
}

const COLOURS = {
  ground: "#0e1216", recorded: "#2f5f55", edge: "#4d8f80", gap: "#3a2320", hatch: "#8a5445",
  text: "#9aa5b1", tick: "#3a444f", buffer: "#b7c3cf", cursor: "#f0c46a", hover: "#9aa5b1",
  elsewhere: "#1d3347", coming: "#3f7fb5", mark: "#8ab4ff", marked: "rgb(138 180 255 / 24%)",
};
const BAR_TOP = 24;
const BAR_BOTTOM = 60;

export function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const sized = [Math.round(width * scale), Math.round(height * scale)] as const;
  if (canvas.width !== sized[0] || canvas.height !== sized[1]) [canvas.width, canvas.height] = sized;
  const pen = canvas.getContext("2d");
  if (pen === null || width === 0) return;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.fillStyle = COLOURS.ground;
  pen.fillRect(0, 0, width, height);
  const x = (ms: number): number => xOf(drawing.shown, width, ms);

  for (const gap of holes(drawing.known, drawing.ranges)) hatch(pen, x(gap.from), x(gap.to));
  for (const gap of drawing.fetchable) elsewhere(pen, x(gap.from), x(gap.to), gap.fetch);
  for (const range of drawing.ranges) {
    const [from, to] = [x(range.from), x(range.to)];
    pen.fillStyle = COLOURS.recorded;
    pen.fillRect(from, BAR_TOP, Math.max(1, to - from), BAR_BOTTOM - BAR_TOP);
    pen.fillStyle = COLOURS.edge;
    pen.fillRect(from, BAR_TOP, Math.max(1, to - from), 2);
  }
  pen.fillStyle = COLOURS.buffer;
  for (const span of drawing.buffered) pen.fillRect(x(span.from), BAR_BOTTOM + 2, Math.max(1, x(span.to) - x(span.from)), 2);
  hours(pen, drawing, width);
  marks(pen, drawing.marked, x);
  if (drawing.hoverMs !== null) line(pen, x(drawing.hoverMs), COLOURS.hover, 1, width, bareClock(drawing.language, drawing.hoverMs));
  if (drawing.cursorMs !== null) line(pen, x(drawing.cursorMs), COLOURS.cursor, 2, width, null);
}

function hatch(pen: CanvasRenderingContext2D, from: number, to: number): void {
  const width = Math.max(1, to - from);
  pen.save();
  pen.beginPath();
  pen.rect(from, BAR_TOP, width, BAR_BOTTOM - BAR_TOP);
  pen.clip();
  pen.fillStyle = COLOURS.gap;
  pen.fillRect(from, BAR_TOP, width, BAR_BOTTOM - BAR_TOP);
  pen.strokeStyle = COLOURS.hatch;
  pen.lineWidth = 1;
  pen.beginPath();
  const height = BAR_BOTTOM - BAR_TOP;
  const first = Math.max(from, -height);
  for (let at = first - (first % 8) - height; at < Math.min(to, 8000); at += 8) {
    pen.moveTo(at, BAR_BOTTOM);
    pen.lineTo(at + height, BAR_TOP);
  }
  pen.stroke();
  pen.restore();
}

/** Told apart by shape: a low bar is to be fetched, a high one is on its way. */
function elsewhere(pen: CanvasRenderingContext2D, from: number, to: number, fetch: Fetchable["fetch"]): void {
  const width = Math.max(1, to - from);
  pen.fillStyle = COLOURS.elsewhere;
  pen.fillRect(from, BAR_TOP, width, BAR_BOTTOM - BAR_TOP);
  pen.fillStyle = COLOURS.coming;
  const height = fetch === "fetching" ? 24 : 6;
  pen.fillRect(from, BAR_BOTTOM - height, width, height);
}

function hours(pen: CanvasRenderingContext2D, { shown, language }: Drawing, width: number): void {
  const parts = steadyParts(shown.from, shown.to);
  const long = shown.to - shown.from > 10 * 60_000;
  pen.font = "12px system-ui, sans-serif";
  pen.textAlign = "left";
  for (const at of ticks(shown, width, 84, parts)) {
    const x = xOf(shown, width, at);
    pen.fillStyle = COLOURS.tick;
    pen.fillRect(x, 0, 1, BAR_BOTTOM);
    pen.fillStyle = COLOURS.text;
    const text = bareClock(language, at);
    // Where the clock is changed, one hour may stand there twice.
    const which = parts.length > 1 ? zoneOffset(at).replace("UTC", "") : "";
    pen.fillText(`${long ? text.slice(0, 5) : text}${which}`, x + 4, 14);
  }
}

function marks(pen: CanvasRenderingContext2D, { from, to }: Drawing["marked"], x: (ms: number) => number): void {
  if (from !== null && to !== null) {
    pen.fillStyle = COLOURS.marked;
    pen.fillRect(x(from), BAR_TOP, Math.max(1, x(to) - x(from)), BAR_BOTTOM - BAR_TOP);
  }
  pen.fillStyle = COLOURS.mark;
  // Brackets, so that the two ends are told apart without their colour.
  for (const [ms, towards] of [[from, 6], [to, -6]] as const) {
    if (ms === null) continue;
    pen.fillRect(x(ms) - 1, BAR_TOP - 4, 2, BAR_BOTTOM - BAR_TOP + 8);
    for (const y of [BAR_TOP - 4, BAR_BOTTOM + 2]) pen.fillRect(Math.min(x(ms), x(ms) + towards), y, 6, 2);
  }
}

function line(pen: CanvasRenderingContext2D, x: number, colour: string, thick: number, width: number, label: string | null): void {
  pen.fillStyle = colour;
  pen.fillRect(x - thick / 2, label === null ? 4 : 18, thick, BAR_BOTTOM + 2);
  if (label === null) {
    pen.beginPath();
    pen.moveTo(x - 6, 4);
    pen.lineTo(x + 6, 4);
    pen.lineTo(x, 13);
    pen.fill();
    return;
  }
  const left = Math.min(Math.max(2, x - 30), width - 62);
  pen.fillStyle = "#1a2028";
  pen.fillRect(left, 64, 60, 16);
  pen.fillStyle = "#d3d9e0";
  pen.fillText(label, left + 5, 76);
}
