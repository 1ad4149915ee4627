/** Times as people read them (with their zone) and as the wire wants them (UTC). */

export type Language = "fr" | "en";

const tag = (language: Language): string => (language === "fr" ? "fr-FR" : "en-GB");
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(tag(language), options);
  cache.set(key, made);
  return made;
}

const HMS = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const DAY = { day: "2-digit", month: "2-digit", year: "numeric" } as const;

/** 14:03:22 UTC+1 */
export const clock = (language: Language, ms: number): string => `${bareClock(language, ms)} ${zoneOffset(ms)}`;

/** 14:03:22, for where the zone stands next to it */
export const bareClock = (language: Language, ms: number): string => formatter(language, HMS).format(ms);

/** 21/11/2026 14:03:22 UTC+1 */
export const dateTime = (language: Language, ms: number): string =>
  `${day(language, ms)} ${clock(language, ms)}`;

export const day = (language: Language, ms: number): string => formatter(language, DAY).format(ms);

/** A calendar date of the wire (2031-03-01), which has no zone. */
export const plainDate = (language: Language, date: string): string =>
  formatter(language, { ...DAY, timeZone: "UTC" }).format(Date.parse(`${date}T00:00:00Z`));

/** 2026-11-21 13:03:22.480, in UTC */
export const utcExact = (ms: number): string =>
  new Date(Math.round(ms)).toISOString().replace("T", " ").replace("Z", "");

export const zoneName = (): string => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return `${zone}, ${zoneOffset(Date.now())}`;
};

export const zoneOffset = (ms: number): string => {
  const minutes = -new Date(ms).getTimezoneOffset();
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "−" : "+";
  return minutes === 0 ? "UTC" : `UTC${sign}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
};

const two = (value: number): string => String(value).padStart(2, "0");

/** The value of a datetime-local field for an instant. */
export function toField(ms: number): string {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The instant a datetime-local field means, null when it is not filled. In the hour that comes twice, the first. */
export function ofField(value: string): number | null {
  const ms = /^\d{4,}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

export const toWire = (ms: number): string => new Date(ms).toISOString();

/** 12 s, 3 min 05 s, 2 h 10 min */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ${two(seconds % 60)}\u00a0s`;
  return `${Math.floor(seconds / 3600)}\u00a0h ${two(Math.floor((seconds % 3600) / 60))}\u00a0min`;
}

export const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toLocaleString()} %`;

export function bytes(count: number, language: Language): string {
  const unit = language === "fr" ? "o" : "B";
  if (count < 1e6) return `${Math.round(count / 1e3)} k${unit}`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} M${unit}` : `${(count / 1e9).toFixed(2)} G${unit}`;
}
