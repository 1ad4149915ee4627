import { describe, expect, it } from "vitest";
import { following, holes, panned, SHORTEST_MS, ticks, timeAt, xOf, zoomed } from "./timeline";

const whole = { from: 0, to: 3_600_000 };

describe("the window", () => {
  it("gives back the instant a pixel came from", () => {
    const shown = { from: 1000, to: 61_000 };
    expect(timeAt(shown, 800, xOf(shown, 800, 31_234))).toBeCloseTo(31_234, 6);
  });
  it("keeps the anchor under the pointer while zooming", () => {
    const shown = zoomed(whole, whole, 0.5, 900_000);
    expect(xOf(shown, 100, 900_000)).toBeCloseTo(25, 6);
    expect(shown.to - shown.from).toBe(1_800_000);
  });
  it("never leaves the whole range", () => {
    expect(zoomed({ from: 0, to: 60_000 }, whole, 1000, 30_000)).toEqual(whole);
    expect(panned({ from: 0, to: 60_000 }, whole, -5000)).toEqual({ from: 0, to: 60_000 });
    expect(panned({ from: 0, to: 60_000 }, whole, 9e9)).toEqual({ from: 3_540_000, to: 3_600_000 });
  });
  it("has a shortest length", () => {
    const shown = zoomed({ from: 0, to: 11_000 }, whole, 0.01, 5000);
    expect(shown.to - shown.from).toBe(SHORTEST_MS);
  });
  it("follows a cursor that left it, and stays put otherwise", () => {
    const shown = { from: 0, to: 60_000 };
    expect(following(shown, whole, 59_000)).toBe(shown);
    const moved = following(shown, whole, 70_000);
    expect(moved.from).toBeLessThan(70_000);
    expect(moved.to).toBeGreaterThan(70_000);
  });
});

describe("ticks", () => {
  it("are round in local time", () => {
    const offset = 2 * 3_600_000;
    for (const at of ticks({ from: 5000, to: 86_400_000 }, 1000, 90, offset)) {
      expect((at + offset) % 7_200_000).toBe(0);
    }
  });
  it("keep their distance", () => {
    const shown = { from: 0, to: 600_000 };
    const [first = 0, second = 0] = ticks(shown, 500, 90, 0);
    expect(xOf(shown, 500, second) - xOf(shown, 500, first)).toBeGreaterThanOrEqual(90);
  });
});

describe("holes", () => {
  it("are what no span covers", () => {
    expect(holes({ from: 0, to: 100 }, [{ from: 40, to: 60 }, { from: 10, to: 20 }])).toEqual([
      { from: 0, to: 10 },
      { from: 20, to: 40 },
      { from: 60, to: 100 },
    ]);
  });
  it("are none in a range fully covered by overlapping spans", () => {
    expect(holes({ from: 0, to: 100 }, [{ from: -5, to: 60 }, { from: 50, to: 200 }])).toEqual([]);
  });
  it("are the whole of an empty range", () => {
    expect(holes({ from: 0, to: 100 }, [])).toEqual([{ from: 0, to: 100 }]);
  });
});
