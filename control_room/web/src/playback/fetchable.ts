/** What somebody who looks at a timeline can have fetched from a commune's own recorder. Pure; times are UTC ms. */
import type { Span } from "./planner";
import type { Fetchable } from "./storage";

export interface Fetches {
  /** How long what can be asked for is in all, and what is on its way. */
  toFetchMs: number;
  fetchingMs: number;
  /** What to ask for: the gap at the cursor, else all that is shown; null where nothing is to be asked for. */
  wanted: Span | null;
}

const within = (gap: Span, shown: Span): Span => ({ from: Math.max(gap.from, shown.from), to: Math.min(gap.to, shown.to) });
const length = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + Math.max(0, span.to - span.from), 0);

export function fetchesOf(fetchable: readonly Fetchable[], shown: Span, cursorMs: number | null): Fetches {
  const toFetch = fetchable.filter((gap) => gap.fetch === "to-fetch");
  const seen = toFetch.map((gap) => within(gap, shown)).filter((gap) => gap.to > gap.from);
  const at = toFetch.find((gap) => cursorMs !== null && cursorMs >= gap.from && cursorMs < gap.to);
  const [first, last] = [seen[0], seen[seen.length - 1]];
  const all = first === undefined || last === undefined ? null : { from: first.from, to: last.to };
  return {
    toFetchMs: length(toFetch),
    fetchingMs: length(fetchable.filter((gap) => gap.fetch === "fetching")),
    wanted: at === undefined ? all : { from: at.from, to: at.to },
  };
}
