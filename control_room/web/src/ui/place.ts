/** Where somebody is on the page, as the fragment of an address: #/view/argument?key=value. Pure. */
import { meaningOf, NOTHING_TYPED, typed, type TypedRange } from "../i18n/typed";
import { toWire } from "../i18n/times";

export type Query = Readonly<Record<string, string>>;

export interface Route {
  view: string;
  /** What follows the view: a camera id for playback. */
  argument: string;
  query: Query;
}

const NOWHERE: Route = { view: "", argument: "", query: {} };

export function parseRoute(hash: string): Route {
  const [path = "", ...rest] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", argument = ""] = path.split("/");
  try {
    const query = Object.fromEntries(new URLSearchParams(rest.join("?")));
    return { view: decodeURIComponent(view), argument: decodeURIComponent(argument), query };
  } catch {
    return NOWHERE;
  }
}

/** What is empty is left out. */
export function href(view: string, argument = "", query: Query = {}): string {
  const told = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return `#/${view}${argument === "" ? "" : `/${encodeURIComponent(argument)}`}${told === "" ? "" : `?${told}`}`;
}

/** An instant of an address, null where there is none that can be read. */
export function instantIn(query: Query, key: string): number | null {
  const text = query[key] ?? "";
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** An instant as an address has it, empty for none. */
export const told = (ms: number | null): string => (ms === null ? "" : toWire(ms));

/** The ends of a range that an address names, as fields show them. */
export function rangeIn(query: Query): TypedRange {
  const end = (key: string) => {
    const ms = instantIn(query, key);
    return ms === null ? NOTHING_TYPED : typed(ms);
  };
  return { from: end("from"), to: end("to") };
}

/** The same for an address; an end that means no instant is left out. */
export function ofRange(range: TypedRange): Query {
  const end = (key: keyof TypedRange) => {
    const meaning = meaningOf(range[key]);
    return told(meaning.kind === "once" || meaning.kind === "twice" ? meaning.ms : null);
  };
  return { from: end("from"), to: end("to") };
}

/** What a form about a camera's recordings is to begin with, as a timeline asks for it. */
export const wanted = (camera: string, from: number, to: number): Query => ({ camera, from: told(from), to: told(to) });

/** The same as a form reads it; null where the address asks for nothing. */
export function wantedIn(query: Query): { camera: string; range: TypedRange } | null {
  const [from, to] = [instantIn(query, "from"), instantIn(query, "to")];
  const camera = query["camera"] ?? "";
  return camera === "" || from === null || to === null || to <= from ? null : { camera, range: rangeIn(query) };
}

/** Which recording an address names: none where its start is missing, without end where it is followed. */
export function recordingIn(query: Query): { from: number; to: number | null } | null {
  const [from, to] = [instantIn(query, "from"), instantIn(query, "to")];
  if (from === null || (to !== null && to <= from) || (to === null && "to" in query)) return null;
  return { from, to };
}

/** The page of a list that is read from its newest on: 1, unless an address has the cursor of an older one. */
export function pageIn(query: Query): { page: number; cursor: string | undefined } {
  const cursor = query["cursor"] ?? "";
  const page = Number(query["page"] ?? "");
  return cursor === "" ? { page: 1, cursor: undefined } : { page: Number.isInteger(page) && page > 1 ? page : 2, cursor };
}

export const sameQuery = (a: Query, b: Query): boolean => href("", "", a) === href("", "", b);
