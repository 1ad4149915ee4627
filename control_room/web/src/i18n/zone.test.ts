import { afterAll, describe, expect, it } from "vitest";
import { instantOf, isSummer, meaningOf, rangeOf, reversed, typed, typedRange } from "./typed";
import { clock, dateTime, zoneOffset } from "./times";
import { instantsOf, offsetMs, steadyParts, wallOf } from "./zone";

const MINUTE = 60_000;
const own = process.env["TZ"];
afterAll(() => {
  process.env["TZ"] = own;
});

/** The page says the centre's time on a machine of any zone. */
describe.each([["UTC", 0], ["Europe/Paris", -60], ["America/New_York", 300], ["Asia/Kolkata", -330]])("on a machine in %s", (zone, winter) => {
  const firstHalfPastTwo = Date.parse("2026-10-25T00:30:00Z");
  const secondHalfPastTwo = Date.parse("2026-10-25T01:30:00Z");
  const under = <T>(work: () => T): T => {
    process.env["TZ"] = zone;
    return work();
  };

  it("has that machine's own clock elsewhere", () => {
    expect(under(() => new Date(Date.UTC(2026, 0, 15)).getTimezoneOffset())).toBe(winter);
  });
  it("reads the clock of Paris", () => {
    expect(under(() => wallOf(Date.parse("2026-07-14T10:00:07.900Z")))).toBe("2026-07-14T12:00:07");
    expect(under(() => clock("fr", Date.parse("2026-11-20T13:03:22Z")))).toBe("14:03:22 UTC+1");
    expect(under(() => dateTime("en", Date.parse("2026-12-31T23:30:00Z")))).toBe("01/01/2027 00:30:00 UTC+1");
  });
  it("reaches both times of the hour that comes twice", () => {
    expect(under(() => instantsOf("2026-10-25T02:30"))).toEqual([firstHalfPastTwo, secondHalfPastTwo]);
    expect(under(() => instantOf({ text: "2026-10-25T02:30", second: false }))).toBe(firstHalfPastTwo);
    expect(under(() => instantOf({ text: "2026-10-25T02:30", second: true }))).toBe(secondHalfPastTwo);
    expect([zoneOffset(firstHalfPastTwo), zoneOffset(secondHalfPastTwo)]).toEqual(["UTC+2", "UTC+1"]);
    expect([isSummer(firstHalfPastTwo), isSummer(secondHalfPastTwo)]).toEqual([true, false]);
  });
  it("says that the hour left out in March never comes", () => {
    expect(under(() => meaningOf({ text: "2026-03-29T02:30", second: false }))).toEqual({ kind: "never" });
    expect(under(() => meaningOf({ text: "2026-03-29T03:00", second: false }))).toEqual({ kind: "once", ms: Date.parse("2026-03-29T01:00Z") });
  });
  it("gives back every minute of the two nights, so that no default names the hour before", () => {
    for (const night of ["2026-03-28T22:00Z", "2026-10-24T22:00Z"]) {
      for (let ms = Date.parse(night); ms < Date.parse(night) + 6 * 60 * MINUTE; ms += MINUTE) {
        expect(under(() => instantOf(typed(ms)))).toBe(ms);
      }
    }
  });
});

describe("a range typed", () => {
  it("may begin in the first and end in the second of one hour", () => {
    const [from, to] = [Date.parse("2026-10-25T00:45:00Z"), Date.parse("2026-10-25T01:15:00Z")];
    const range = typedRange(from, to);
    expect(range.from.text > range.to.text).toBe(true);
    expect(rangeOf(range)).toEqual({ from, to });
    expect(reversed(range)).toBe(false);
    expect(reversed({ from: range.to, to: range.from })).toBe(true);
  });
  it.each(["", "2026-11-", "2026-13-40T10:00", "abc", "2026-11-20T10"])("is nothing while %j stands in it", (text) => {
    expect(meaningOf({ text, second: true })).toEqual({ kind: "nothing" });
    expect(rangeOf({ from: { text, second: false }, to: typed(0) })).toBeNull();
  });
});

describe("the parts of a day", () => {
  it("are two where the clock is changed, and one elsewhere", () => {
    expect(steadyParts(Date.parse("2026-11-20T00:00Z"), Date.parse("2026-11-21T00:00Z"))).toHaveLength(1);
    const changed = Date.parse("2026-10-25T01:00Z");
    expect(steadyParts(changed - 5000, changed + 7000)).toEqual([
      { from: changed - 5000, to: changed, offset: 7_200_000 },
      { from: changed, to: changed + 7000, offset: 3_600_000 },
    ]);
  });
  it("know zones of half an hour and years long gone", () => {
    expect(offsetMs(Date.parse("2026-01-01T00:00Z"), "Asia/Kolkata")).toBe(5.5 * 3_600_000);
    expect(instantsOf("1970-01-01T01:00:00")).toEqual([0]);
  });
});
