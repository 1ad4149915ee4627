import { describe, expect, it } from "vitest";
import { bytes, percent, plainDate, span, toWire, utcExact } from "./times";

describe("what people read", () => {
  it("rounds a coverage down, so that a gap never reads as 100 %", () => {
    expect(percent(0.99999, "fr")).not.toContain("100");
    expect(percent(1, "en")).toContain("100");
  });
  it("names spans by their two largest units", () => {
    expect([12_400, 185_000, 7_800_000].map((ms) => span(ms).replaceAll("\u00a0", " "))).toEqual(["12 s", "3 min 05 s", "2 h 10 min"]);
  });
  it("keeps milliseconds in an exact time", () => {
    expect(utcExact(Date.parse("2026-11-21T13:03:22.480Z"))).toBe("2026-11-21 13:03:22.480");
  });
  it("goes on the wire in UTC", () => {
    expect(toWire(Date.parse("2026-11-20T22:00:00+01:00"))).toBe("2026-11-20T21:00:00.000Z");
  });
  it("does not shift a date without a zone", () => {
    expect(plainDate("fr", "2031-03-01")).toBe("01/03/2031");
  });
  it("counts bytes in the reader's language", () => {
    expect([bytes(1_500_000, "fr"), bytes(2_000, "en")]).toEqual(["1,5 Mo", "2 kB"]);
  });
});
