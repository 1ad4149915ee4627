import { describe, expect, it } from "vitest";
import { daysOf, leadOf, monthAfter, monthOf } from "./month";

const HOUR = 3_600_000;

describe("a month of the centre's calendar", () => {
  it("is that of its own clock, not of UTC", () => {
    expect(monthOf(Date.parse("2026-10-31T23:30:00Z"))).toEqual({ year: 2026, month: 11 });
    expect(monthAfter({ year: 2026, month: 12 }, 1)).toEqual({ year: 2027, month: 1 });
    expect(monthAfter({ year: 2026, month: 1 }, -1)).toEqual({ year: 2025, month: 12 });
  });
  it("has days of 23 and of 25 hours, one behind the other", () => {
    const lengths = (month: number) => daysOf({ year: 2026, month }).map((day) => (day.to - day.from) / HOUR);
    expect([...new Set(lengths(6))]).toEqual([24]);
    expect(lengths(3)[28]).toBe(23);
    expect(lengths(10)[24]).toBe(25);
    const days = daysOf({ year: 2026, month: 10 });
    expect(days.slice(1).every((day, number) => day.from === days[number]?.to)).toBe(true);
    expect(daysOf({ year: 2028, month: 2 })).toHaveLength(29);
  });
  it("begins on its day of the week", () => expect(leadOf({ year: 2026, month: 11 })).toBe(6));
});
