/** The part of time a timeline shows, and where its instants lie. Pure; times are UTC ms, widths pixels. */

import { steadyParts, type Steady } from "../i18n/zone";

export interface Window {
  from: number;
  to: number;
}

export const SHORTEST_MS = 10_000;

export const xOf = (shown: Window, width: number, atMs: number): number =>
  ((atMs - shown.from) / (shown.to - shown.from)) * width;

export const timeAt = (shown: Window, width: number, x: number): number =>
  shown.from + (x / Math.max(1, width)) * (shown.to - shown.from);

/** Keeps a window inside the whole range, its length kept if it fits. */
function fitted(shown: Window, whole: Window): Window {
  const length = Math.min(shown.to - shown.from, whole.to - whole.from);
  const from = Math.min(Math.max(shown.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

/** `factor` < 1 comes closer; the instant `anchorMs` stays where it is. */
export function zoomed(shown: Window, whole: Window, factor: number, anchorMs: number): Window {
  const length = shown.to - shown.from;
  const wanted = Math.min(Math.max(length * factor, SHORTEST_MS), whole.to - whole.from);
  const share = (anchorMs - shown.from) / length;
  const from = anchorMs - share * wanted;
  return fitted({ from, to: from + wanted }, whole);
}

export function panned(shown: Window, whole: Window, byMs: number): Window {
  return fitted({ from: shown.from + byMs, to: shown.to + byMs }, whole);
}

/** Follows the cursor: a window that has lost it is moved so that the cursor stands at its tenth. */
export function following(shown: Window, whole: Window, atMs: number): Window {
  if (atMs >= shown.from && atMs <= shown.to) return shown;
  const length = shown.to - shown.from;
  return fitted({ from: atMs - length / 10, to: atMs + (length * 9) / 10 }, whole);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR,
];

/**
 * Instants that are round on the clock, `spacing` pixels apart. On either side of a change of the clock they are
 * round by the clock of that side, so that a day of 23 or 25 hours has its labels on the same hours as any other.
 */
export function ticks(shown: Window, width: number, spacing: number, parts: readonly Steady[] = steadyParts(shown.from, shown.to)): number[] {
  const wanted = ((shown.to - shown.from) * spacing) / Math.max(1, width);
  const step = STEPS.find((candidate) => candidate >= wanted) ?? 24 * HOUR * Math.ceil(wanted / (24 * HOUR));
  const found: number[] = [];
  for (const { from, to, offset } of parts) {
    const last = to === shown.to ? to : to - 1;
    for (let at = Math.ceil((from + offset) / step) * step - offset; at <= last; at += step) found.push(at);
  }
  return found;
}

/** What of a range no span covers. */
export function holes(whole: Window, spans: readonly Window[]): Window[] {
  const found: Window[] = [];
  let from = whole.from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.from > from) found.push({ from, to: Math.min(span.from, whole.to) });
    from = Math.max(from, span.to);
    if (from >= whole.to) return found;
  }
  if (from < whole.to) found.push({ from, to: whole.to });
  return found;
}

/** The longest of some spans, at most so many, in order of time. */
export const longest = <T extends Window>(spans: readonly T[], most: number): T[] =>
  [...spans]
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, most)
    .sort((a, b) => a.from - b.from);

/** Shorter ones are told apart: nobody sees them on the timeline. */
const TINY_MS = 1000;

export interface Coverage {
  /** Of what could have been recorded so far; 1 only without any gap. */
  share: number;
  gaps: number;
  /** Gaps of less than a second. */
  tiny: number;
}

/** How much of a range is recorded. What is being written now is no gap yet. */
export function coverageOf(known: Window, spans: readonly Window[], recording: boolean): Coverage {
  const newest = spans.reduce((last, span) => Math.max(last, span.to), known.from);
  const whole = { from: known.from, to: recording && newest > known.from ? Math.min(known.to, newest) : known.to };
  const missing = holes(whole, spans);
  const length = whole.to - whole.from;
  const missed = missing.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const tiny = missing.filter((gap) => gap.to - gap.from < TINY_MS).length;
  return { share: 1 - missed / length, gaps: missing.length - tiny, tiny };
}
