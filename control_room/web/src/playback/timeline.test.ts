import { describe, expect, it } from "vitest";
import { wallOf } from "../i18n/zone";
import { percent } from "../i18n/times";
import { fr } from "../i18n/fr";
import { coverageOf, following, holes, longest, panned, SHORTEST_MS, ticks, timeAt, xOf, zoomed } from "./timeline";

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
  const clocks = (from: string, to: string) =>
    ticks({ from: Date.parse(from), to: Date.parse(to) }, 1100, 84).map((at) => wallOf(at).slice(11, 16));
  const even = ["00:00", "02:00", "04:00", "06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00", "00:00"];

  it("stand on even hours of a day", () => {
    expect(clocks("2026-11-19T23:00Z", "2026-11-20T23:00Z")).toEqual(even);
    expect(clocks("2026-07-13T22:00Z", "2026-07-14T22:00Z")).toEqual(even);
  });
  it("stand on even hours of the day of 23 hours, which has no 02:00", () => {
    expect(clocks("2026-03-28T23:00Z", "2026-03-29T22:00Z")).toEqual(even.filter((clock) => clock !== "02:00"));
  });
  it("stand on even hours of the day of 25 hours, which has two", () => {
    expect(clocks("2026-10-24T22:00Z", "2026-10-25T23:00Z")).toEqual(["00:00", "02:00", ...even.slice(1)]);
  });
  it("keep their distance", () => {
    const shown = { from: 0, to: 600_000 };
    const [first = 0, second = 0] = ticks(shown, 500, 90);
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

describe("how much is recorded", () => {
  const hour = { from: 0, to: 3_600_000 };
  const told = (spans: readonly { from: number; to: number }[], recording = false) => {
    const { share, gaps, tiny } = coverageOf(hour, spans, recording);
    return fr.playback.coverage(percent(share, "fr"), gaps, tiny).replaceAll("\u00a0", " ");
  };

  it("is whole only without any gap", () => {
    expect(told([hour])).toBe("100 % enregistré, aucun trou");
    expect(told([{ from: 0, to: 1_800_000 }, { from: 1_800_001, to: 3_600_000 }])).toBe("99,9 % enregistré, 1 trou de moins d’une seconde");
    expect(told([{ from: 0, to: 1_800_000 }, { from: 1_800_400, to: 2_000_000 }, { from: 2_010_000, to: 3_599_999 }])).toBe(
      "99,7 % enregistré, 1 trou, 2 trous de moins d’une seconde",
    );
  });
  it("counts what is being written now neither as a gap nor as missing", () => {
    expect(told([{ from: 0, to: 3_590_000 }], true)).toBe("100 % enregistré, aucun trou");
    expect(told([{ from: 0, to: 3_590_000 }])).toBe("99,7 % enregistré, 1 trou");
  });
  it("is nothing where nothing is", () => {
    expect(told([])).toBe("0 % enregistré, 1 trou");
    expect(told([], true)).toBe("0 % enregistré, 1 trou");
  });
  it("never says less than whole without a gap, nor whole with one", () => {
    for (let seed = 1; seed < 200; seed += 1) {
      const spans = Array.from({ length: 4 }, (_, at) => ({ from: (seed * 7919 * (at + 1)) % 3_600_000, to: (seed * 104_729 * (at + 3)) % 3_700_000 }))
        .filter((span) => span.to > span.from)
        .concat(seed % 3 === 0 ? [{ from: 0, to: 3_600_000 - (seed % 2) }] : []);
      for (const recording of [true, false]) {
        const { share, gaps, tiny } = coverageOf(hour, spans, recording);
        expect(percent(share, "en").startsWith("100")).toBe(gaps + tiny === 0);
      }
    }
  });
});

describe("the gaps named in words", () => {
  it("are the longest, in order of time", () => {
    const gaps = [{ from: 0, to: 5 }, { from: 10, to: 11 }, { from: 20, to: 29 }];
    expect(longest(gaps, 2)).toEqual([gaps[0], gaps[2]]);
    expect(longest(gaps, 9)).toEqual(gaps);
  });
});
