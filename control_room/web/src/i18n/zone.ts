/** The centre's time zone: what stands on a clock there at an instant, and which instants a clock's time can mean. */

/** The legal time of metropolitan France, whatever the zone of the machine the page is read on (ADR 28). */
export const ZONE = "Europe/Paris";

const DAY_MS = 86_400_000;

const made = new Map<string, Intl.DateTimeFormat>();

function reader(zone: string): Intl.DateTimeFormat {
  const known = made.get(zone);
  if (known !== undefined) return known;
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
  const one = new Intl.DateTimeFormat("en-US", { ...fields, hourCycle: "h23", timeZone: zone });
  made.set(zone, one);
  return one;
}

/** How far the zone's clocks are ahead of UTC at an instant. */
export function offsetMs(ms: number, zone = ZONE): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of reader(zone).formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/** What the clock shows, in whole seconds: 2026-11-21T14:03:22 */
export const wallOf = (ms: number, zone = ZONE): string => new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 19);

const WALL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;

/** The instants at which the clock shows this: none in the hour left out in March, two in the one that comes twice in October. */
export function instantsOf(wall: string, zone = ZONE): number[] {
  const asUtc = WALL.test(wall) ? Date.parse(`${wall}Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return [];
  const offsets = new Set([offsetMs(asUtc - DAY_MS, zone), offsetMs(asUtc + DAY_MS, zone)]);
  return [...offsets]
    .map((offset) => ({ ms: asUtc - offset, offset }))
    .filter(({ ms, offset }) => offsetMs(ms, zone) === offset)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
}

/** A stretch of time through which the clock is not put forward or back. */
export interface Steady {
  from: number;
  to: number;
  offset: number;
}

/** A range cut where the clock is put forward or back; it holds one such instant at most. */
export function steadyParts(from: number, to: number, zone = ZONE): Steady[] {
  const [first, last] = [offsetMs(from, zone), offsetMs(to, zone)];
  if (first === last) return [{ from, to, offset: first }];
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMs(middle, zone) === first) before = middle;
    else after = middle;
  }
  return [{ from, to: after, offset: first }, { from: after, to, offset: last }];
}
