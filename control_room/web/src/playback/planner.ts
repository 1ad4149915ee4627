/** What the player must do next, decided from what it holds. Pure; all times are UTC ms. */

export interface Span {
  from: number;
  to: number;
}

export const CHUNK_MS = 10_000;
export const AHEAD_MS = 20_000;
export const BEHIND_MS = 60_000;
/** Browsers play over a hole of a frame or two; anything wider is jumped. */
export const TOLERANCE_MS = 120;

export interface State {
  playheadMs: number;
  buffered: readonly Span[];
  /** The end of what may be asked for: of the ticket, or the newest recorded instant if earlier. */
  limitMs: number;
  /** Where footage begins again after what was found empty, if storage said so. */
  nextFootageMs: number | null;
  rate: number;
  /** Up to where the last chunk went, as storage said: what is buffered may end a little before, being rounded. */
  coveredMs: number | null;
}

export type Step =
  | { kind: "fetch"; from: number; to: number }
  | { kind: "drop"; from: number; to: number }
  | { kind: "jump"; from: number; to: number }
  | { kind: "rest" };

/** The buffered span the playhead stands in, with tolerance at its ends. */
export function spanAt(buffered: readonly Span[], atMs: number): Span | null {
  return buffered.find((span) => atMs >= span.from - TOLERANCE_MS && atMs < span.to) ?? null;
}

/** Merges neighbouring spans whose hole a browser plays over. */
export function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && span.from - last.to <= TOLERANCE_MS) last.to = Math.max(last.to, span.to);
    else result.push({ ...span });
  }
  return result;
}

export function plan(state: State): Step {
  const { playheadMs, limitMs } = state;
  const buffered = merged(state.buffered);
  const oldest = buffered[0];
  if (oldest !== undefined && oldest.from < playheadMs - BEHIND_MS - CHUNK_MS) {
    return { kind: "drop", from: oldest.from, to: playheadMs - BEHIND_MS };
  }
  const here = spanAt(buffered, playheadMs);
  if (here === null) return withoutPicture(state, buffered);
  const aheadMs = AHEAD_MS * Math.max(1, state.rate / 4);
  if (here.to - playheadMs >= aheadMs || here.to >= limitMs) return { kind: "rest" };
  if (state.nextFootageMs !== null && state.nextFootageMs > here.to) {
    const after = spanAt(buffered, state.nextFootageMs);
    if (after !== null || state.nextFootageMs >= limitMs) return { kind: "rest" };
    return chunk(state.nextFootageMs, limitMs);
  }
  return chunk(exactEnd(here.to, state.coveredMs), limitMs);
}

/** Asking again from before the true end would bring the same pictures for ever. */
function exactEnd(endMs: number, coveredMs: number | null): number {
  return coveredMs !== null && Math.abs(coveredMs - endMs) <= TOLERANCE_MS ? Math.max(endMs, coveredMs) : endMs;
}

/** The playhead stands where nothing is buffered: jump a known hole, else fetch. */
function withoutPicture(state: State, buffered: readonly Span[]): Step {
  const { playheadMs, limitMs, nextFootageMs } = state;
  if (nextFootageMs !== null && nextFootageMs > playheadMs) {
    const after = buffered.find((span) => span.to > nextFootageMs && span.from <= nextFootageMs + TOLERANCE_MS);
    if (after !== undefined) return { kind: "jump", from: playheadMs, to: Math.max(after.from, nextFootageMs) };
    return nextFootageMs < limitMs ? chunk(nextFootageMs, limitMs) : { kind: "rest" };
  }
  const from = exactEnd(playheadMs, state.coveredMs);
  return from < limitMs ? chunk(from, limitMs) : { kind: "rest" };
}

const chunk = (from: number, limitMs: number): Step => ({
  kind: "fetch",
  from,
  to: Math.min(from + CHUNK_MS, limitMs),
});
