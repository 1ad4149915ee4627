/** A month of the centre's calendar: its days, and when each begins. Pure. */
import { instantsOf, wallOf } from "../i18n/zone";

/** `month` from 1. */
export interface Month {
  year: number;
  month: number;
}

export interface Day {
  date: number;
  from: number;
  to: number;
}

const two = (value: number): string => String(value).padStart(2, "0");

export function monthOf(ms: number): Month {
  const wall = wallOf(ms);
  return { year: Number(wall.slice(0, 4)), month: Number(wall.slice(5, 7)) };
}

export function monthAfter({ year, month }: Month, by: number): Month {
  const count = year * 12 + month - 1 + by;
  return { year: Math.floor(count / 12), month: (count % 12) + 1 };
}

/** Its days, of 23, 24 or 25 hours. */
export function daysOf(shown: Month): Day[] {
  const count = new Date(Date.UTC(shown.year, shown.month, 0)).getUTCDate();
  const after = monthAfter(shown, 1);
  const borders = [
    ...Array.from({ length: count }, (_, number) => midnight(shown, number + 1)),
    midnight(after, 1),
  ];
  return Array.from({ length: count }, (_, number) => ({ date: number + 1, from: borders[number] ?? 0, to: borders[number + 1] ?? 0 }));
}

/** How many days of the week lie before its first, Monday being the first of all. */
export const leadOf = ({ year, month }: Month): number => (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;

const midnight = ({ year, month }: Month, date: number): number => instantsOf(`${year}-${two(month)}-${two(date)}T00:00`)[0] ?? 0;
