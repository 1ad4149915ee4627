/** How destruction stands, by what storage told last, and what time each clock has. Pure. */
import type { Storage } from "../../api/types";
import type { Told } from "../../i18n/words";

export type Standing =
  | { kind: "unheard"; heardAt: number | null }
  | { kind: "destroying" }
  | { kind: "failing"; ground: Told }
  | { kind: "refused"; since: number | null; clock: boolean; grounds: readonly Told[] };

/** Storage tells every 5 s. */
export const UNHEARD_MS = 15_000;
/** How far storage lets a confirmed time be from its own. */
export const TOLERANCE_MS = 3_600_000;

const ms = (instant: string | null | undefined): number | null => (instant == null ? null : Date.parse(instant));

/** Each ground in its own words; all in one where storage, an older one, does not tell them apart. */
const groundsOf = (told: Storage): Told[] =>
  told.grounds.length === 0 ? [{ text: told.refusal, why: null }] : told.grounds.map(({ reason, why }) => ({ text: reason, why: why ?? null }));

/** Both times are control_room's, so that a browser's wrong clock makes nobody silent. */
export function standing(told: Storage): Standing {
  const heardAt = ms(told.heard_at);
  if (heardAt === null || Date.parse(told.now) - heardAt > UNHEARD_MS) return { kind: "unheard", heardAt };
  if (told.refusal === "") return told.failure === "" ? { kind: "destroying" } : { kind: "failing", ground: { text: told.failure, why: told.failure_why ?? null } };
  return { kind: "refused", since: ms(told.refused_since), clock: told.clock_disputed, grounds: groundsOf(told) };
}

export interface Clocks {
  browser: number;
  controlRoom: number;
  storage: number | null;
}

/** What each clock says when this one says `now`; `told` was received when it said `at`. */
export function clocks(told: Storage, at: number, now: number): Clocks {
  const controlRoom = now + Date.parse(told.now) - at;
  const [heardAt, storageAt] = [ms(told.heard_at), ms(told.storage_at)];
  return { browser: now, controlRoom, storage: heardAt === null || storageAt === null ? null : controlRoom + storageAt - heardAt };
}

/** Storage would not take this computer's time for its own. */
export const apart = ({ browser, storage }: Clocks): boolean => storage !== null && Math.abs(browser - storage) > TOLERANCE_MS;
