import { describe, expect, it } from "vitest";
import { apartS, mannerOf, moved, shuttlePlan } from "./shuttle";

const RANGES = [{ from: 0, to: 100_000 }, { from: 200_000, to: 300_000 }];
const course = (rate: number, backward: boolean) => ({ playing: true, rate, backward });

describe("how pictures are shown", () => {
  it("leaves to the element what it plays, and steps through the rest", () => {
    expect(mannerOf({ playing: true, rate: 8, backward: false })).toBe("played");
    expect(mannerOf({ playing: true, rate: 16, backward: false })).toBe("keys");
    expect(mannerOf({ playing: true, rate: 1, backward: true })).toBe("stepped");
    expect(mannerOf({ playing: true, rate: 4, backward: true })).toBe("keys");
    expect(mannerOf({ playing: false, rate: 64, backward: true })).toBe("played");
  });
  it("asks for no more key pictures than are seen", () => expect(apartS(64)).toBeCloseTo(5.333));
});

describe("the way through what is recorded", () => {
  it("goes on within a range", () => expect(moved(10_000, -4000, RANGES)).toBe(6000));
  it("passes over a hole, both ways", () => {
    expect(moved(99_000, 5000, RANGES)).toBe(200_000);
    expect(moved(201_000, -5000, RANGES)).toBe(99_999);
  });
  it("ends at both ends", () => {
    expect(moved(299_000, 5000, RANGES)).toBeNull();
    expect(moved(1000, -5000, RANGES)).toBeNull();
  });
});

describe("what is loaded next", () => {
  it("is what lies before the instant shown, backward", () => {
    expect(shuttlePlan(50_000, course(1, true), [], RANGES, null)).toEqual({ kind: "fetch", from: 40_001, to: 50_001 });
    expect(shuttlePlan(50_000, course(1, true), [{ from: 45_000, to: 50_001 }], RANGES, null)).toEqual({ kind: "fetch", from: 34_880, to: 44_880 });
  });
  it("never crosses a hole", () => {
    expect(shuttlePlan(202_000, course(4, true), [], RANGES, null)).toEqual({ kind: "fetch", from: 200_000, to: 202_001 });
    expect(shuttlePlan(95_000, course(64, false), [], RANGES, null)).toEqual({ kind: "fetch", from: 95_000, to: 100_000 });
    expect(shuttlePlan(95_000, course(64, false), [{ from: 94_000, to: 100_000 }], RANGES, null)).toEqual({ kind: "fetch", from: 200_000, to: 300_000 });
  });
  it("goes on behind a seam at which the last answer ended", () => {
    expect(shuttlePlan(50_000, course(1, true), [{ from: 40_000, to: 44_000 }], RANGES, 44_000)).toEqual({ kind: "fetch", from: 44_000, to: 50_001 });
  });
  it("is nothing where enough is there, and what lies far away is dropped", () => {
    expect(shuttlePlan(50_000, course(1, true), [{ from: 30_000, to: 60_000 }], RANGES, null)).toEqual({ kind: "rest" });
    expect(shuttlePlan(90_000, course(1, false), [{ from: 0, to: 99_000 }], RANGES, null)).toEqual({ kind: "drop", from: 0, to: 60_000 });
  });
});
