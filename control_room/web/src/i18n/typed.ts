/** A time as somebody types it: the centre's, with which of the two where the clock shows it twice. Pure. */
import { instantsOf, offsetMs, wallOf } from "./zone";

export interface Typed {
  /** The value of a datetime-local field, empty where nothing is typed. */
  text: string;
  /** Of a time that comes twice: the second one, in winter time. */
  second: boolean;
}

export const NOTHING_TYPED: Typed = { text: "", second: false };

export type Meaning =
  | { kind: "nothing" }
  /** The clock is put forward over it. */
  | { kind: "never" }
  | { kind: "once"; ms: number }
  | { kind: "twice"; ms: number; both: readonly [first: number, second: number] };

export function typed(ms: number): Typed {
  const text = wallOf(ms);
  const whole = Math.floor(ms / 1000) * 1000;
  return { text, second: instantsOf(text).indexOf(whole) === 1 };
}

export function meaningOf({ text, second }: Typed): Meaning {
  const [one, other] = instantsOf(text);
  if (one === undefined) return { kind: isTime(text) ? "never" : "nothing" };
  if (other === undefined) return { kind: "once", ms: one };
  return { kind: "twice", ms: second ? other : one, both: [one, other] };
}

/** The instant meant, null where there is none. */
export function instantOf(value: Typed): number | null {
  const meaning = meaningOf(value);
  return meaning.kind === "once" || meaning.kind === "twice" ? meaning.ms : null;
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(`${text}Z`));

/** Whether summer time is in force: then the clock is further ahead than it is in January. */
export const isSummer = (ms: number): boolean => offsetMs(ms) !== offsetMs(Date.UTC(new Date(ms).getUTCFullYear(), 0, 1));

export interface TypedRange {
  from: Typed;
  to: Typed;
}

export const typedRange = (from: number, to: number): TypedRange => ({ from: typed(from), to: typed(to) });

/** The range meant, null where an end is missing or stands before its start. */
export function rangeOf(range: TypedRange): { from: number; to: number } | null {
  const [from, to] = [instantOf(range.from), instantOf(range.to)];
  return from === null || to === null || to <= from ? null : { from, to };
}

/** Whether the end stands before the start, or on it. */
export function reversed(range: TypedRange): boolean {
  const [from, to] = [instantOf(range.from), instantOf(range.to)];
  return from !== null && to !== null && to <= from;
}
