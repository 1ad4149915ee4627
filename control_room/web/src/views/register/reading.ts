/** What is read of an address and of answers. Pure. */
import type { DestructionAnswer, RegisterStanding } from "../../api/types";
import { toWire } from "../../i18n/times";
import type { Query } from "../../ui/place";
import type { Tone } from "../../ui/State";

export type Found = DestructionAnswer["found"];
export type Fate = DestructionAnswer["totals"][number]["fate"];

/** A day of an address (2026-11-21), empty where there is none that can be read. */
export function dayIn(query: Query, key: string): string {
  const text = query[key] ?? "";
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return "";
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && toWire(ms).startsWith(text) ? text : "";
}

/** Whether the last day stands before the first. */
export const daysReversed = (from: string, to: string): boolean => from !== "" && to !== "" && to < from;

/** A head is signed each minute in which something is captured or destroyed: without one for longer, somebody should look. */
const QUIET_MS = 10 * 60_000;

/** How old the newest head is by the server's clock, null where there is none. `sinceAnswerMs` has passed since it told. */
export function headAge(standing: RegisterStanding, sinceAnswerMs: number): { ms: number; quiet: boolean } | null {
  const at = standing.newest?.at;
  if (at === null || at === undefined) return null;
  const ms = Math.max(0, Date.parse(standing.now) + sinceAnswerMs - Date.parse(at));
  return { ms, quiet: ms > QUIET_MS };
}

const PROVEN: ReadonlySet<Found> = new Set<Found>(["gone", "never-recorded"]);
const OPEN: ReadonlySet<Found> = new Set<Found>(["still-present", "covered-in-part"]);

/** Well where there are no images, to be looked at where the answer is another, bad where the file proves nothing. */
export const toneOf = (found: Found): Tone => (PROVEN.has(found) ? "good" : OPEN.has(found) ? "wait" : "bad");

export const TONE_OF_FATE: Record<Fate, Tone> = { gone: "good", "still-present": "bad", unknown: "wait", "never-recorded": "off" };
