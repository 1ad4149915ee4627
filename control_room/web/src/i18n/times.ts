/**
 * Times as people read them (the centre's, with how far they are from UTC) and as the wire wants them (UTC).
 * The one place that writes them: eslint refuses any other.
 */
import { offsetMs, ZONE } from "./zone";

export type Language = "fr" | "en";

const tag = (language: Language): string => (language === "fr" ? "fr-FR" : "en-GB");
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(tag(language), { timeZone: ZONE, ...options });
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

/** novembre 2026 */
export const monthName = (language: Language, year: number, month: number): string =>
  formatter(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.UTC(year, month - 1, 1));

/** lun., mar. and so on: the days of a week, from Monday on. */
export const weekdays = (language: Language): string[] =>
  Array.from({ length: 7 }, (_, number) => formatter(language, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + number)));

/** A calendar date of the wire (2031-03-01), which has no zone. */
export const plainDate = (language: Language, date: string): string =>
  formatter(language, { ...DAY, timeZone: "UTC" }).format(Date.parse(`${date}T00:00:00Z`));

/** 2026-11-21 13:03:22.480, in UTC */
export const utcExact = (ms: number): string => toWire(ms).replace("T", " ").replace("Z", "");

/** 2026-11-21 13:03:22, in UTC */
export const utcSeconds = (ms: number): string => utcExact(ms).slice(0, 19);

/** UTC+1 */
export const zoneOffset = (ms: number): string => {
  const minutes = Math.round(offsetMs(ms) / 60_000);
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "−" : "+";
  return minutes === 0 ? "UTC" : `UTC${sign}${hours}${rest === 0 ? "" : `:${two(rest)}`}`;
};

const two = (value: number): string => String(value).padStart(2, "0");

/** 2026-11-21T13:03:22.480Z */
export const toWire = (ms: number): string => new Date(Math.round(ms)).toISOString();

/** 12 s, 3 min 05 s, 2 h 10 min */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min ${two(seconds % 60)}\u00a0s`;
  return `${Math.floor(seconds / 3600)}\u00a0h ${two(Math.floor((seconds % 3600) / 60))}\u00a0min`;
}

/** Rounded down, so that what is not whole never reads as 100 %. */
export const percent = (share: number, language: Language): string =>
  `${decimal(Math.floor(share * 1000) / 10, 1, language)}\u00a0%`;

export function bytes(count: number, language: Language): string {
  const unit = language === "fr" ? "o" : "B";
  if (count < 1e6) return `${Math.round(count / 1e3)} k${unit}`;
  return count < 1e9 ? `${decimal(count / 1e6, 1, language)} M${unit}` : `${decimal(count / 1e9, 2, language)} G${unit}`;
}

const decimal = (value: number, most: number, language: Language): string =>
  new Intl.NumberFormat(tag(language), { maximumFractionDigits: most }).format(value);
