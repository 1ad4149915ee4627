/**
 * Goes through recordings faster than a browser plays them, or backward: picture by picture, by seeks. No browser
 * plays backward, and Chromium plays at most sixteen times as fast. Pure; instants are UTC ms.
 */
import { CHUNK_MS, spanAt, TOLERANCE_MS, type Span } from "./planner";

export interface Course {
  playing: boolean;
  rate: number;
  backward: boolean;
}

/** As the element plays it; each picture by a seek; or key pictures only, each by a seek. */
export type Manner = "played" | "stepped" | "keys";

/** Above it key pictures alone are shown. */
const FASTEST_WHOLE = 8;
/** Backward each picture is decoded from its key picture on: above this only those are shown. */
const FASTEST_BACK = 2;
const KEYS_A_SECOND = 12;

export function mannerOf({ playing, rate, backward }: Course): Manner {
  if (!playing || (!backward && rate <= FASTEST_WHOLE)) return "played";
  return backward && rate <= FASTEST_BACK ? "stepped" : "keys";
}

/** How many seconds key pictures lie apart at least, so that no more come than are seen. */
export const apartS = (rate: number): number => Number((rate / KEYS_A_SECOND).toFixed(3));

/** Where one is after `byMs` (negative: backward) of what is recorded; holes are passed over. Null at its end. */
export function moved(atMs: number, byMs: number, ranges: readonly Span[]): number | null {
  const target = atMs + byMs;
  if (ranges.some((range) => target >= range.from && target < range.to)) return target;
  if (byMs < 0) {
    const before = ranges.filter((range) => range.to <= Math.max(target, atMs) && range.to > range.from && range.from <= target);
    const last = before.reduce<Span | null>((best, range) => (best === null || range.to > best.to ? range : best), null);
    return last === null ? null : last.to - 1;
  }
  const next = ranges.filter((range) => range.from > Math.min(target, atMs) && range.to > target);
  return next.reduce<number | null>((best, range) => (best === null || range.from < best ? range.from : best), null);
}

export type ShuttleStep = { kind: "fetch"; from: number; to: number } | { kind: "drop"; from: number; to: number } | { kind: "rest" };

/** What to load next so that the pictures in the direction of travel are there in time. */
export function shuttlePlan(atMs: number, course: Course, buffered: readonly Span[], ranges: readonly Span[], coveredMs: number | null): ShuttleStep {
  const chunk = Math.max(CHUNK_MS, course.rate * 4000);
  const oldest = buffered[0];
  if (oldest !== undefined && oldest.from < atMs - 4 * chunk) return { kind: "drop", from: oldest.from, to: atMs - 3 * chunk };
  const newest = buffered.at(-1);
  if (newest !== undefined && newest.to > atMs + 4 * chunk) return { kind: "drop", from: atMs + 3 * chunk, to: newest.to };
  const wanted = wantedMs(atMs, course.backward, chunk, buffered, ranges);
  if (wanted === null) return { kind: "rest" };
  const range = ranges.find((one) => wanted >= one.from && wanted < one.to);
  if (range === undefined) return { kind: "rest" };
  if (!course.backward) return { kind: "fetch", from: wanted, to: Math.min(range.to, wanted + chunk) };
  const from = Math.max(range.from, wanted + 1 - chunk);
  // The last answer ended at a seam before it came here: on from there.
  const seam = coveredMs !== null && coveredMs > from && coveredMs <= wanted && spanAt(buffered, coveredMs - TOLERANCE_MS - 1) !== null;
  return { kind: "fetch", from: seam ? coveredMs : from, to: wanted + 1 };
}

/** The nearest instant ahead that is not there yet; null where enough is. */
function wantedMs(atMs: number, backward: boolean, chunk: number, buffered: readonly Span[], ranges: readonly Span[]): number | null {
  let at: number | null = atMs;
  for (let turns = 0; at !== null && turns < 16 && Math.abs(at - atMs) < chunk; turns += 1) {
    const here = spanAt(buffered, at);
    if (here === null) return at;
    at = backward ? moved(Math.min(at, here.from) - TOLERANCE_MS, -1, ranges) : moved(here.to + TOLERANCE_MS, 1, ranges);
  }
  return null;
}
