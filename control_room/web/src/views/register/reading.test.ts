import { describe, expect, it } from "vitest";
import type { RegisterStanding } from "../../api/types";
import { dayIn, daysReversed, headAge, toneOf } from "./reading";

const standing = (at: string | null): RegisterStanding => ({
  now: "2026-11-21T12:00:00.000Z",
  newest: { ledger: "l", number: 3, digest: "d", fingerprint: "f", at, began: null, kept_at: "2026-11-21T11:59:00Z" },
  refused: [],
});

describe("the days of an address", () => {
  it("are calendar days, or none", () => {
    expect(["2026-11-21", "2026-02-30", "2026-1-1", "yesterday", ""].map((from) => dayIn({ from }, "from"))).toEqual(["2026-11-21", "", "", "", ""]);
  });
  it("are reversed where the last stands before the first, not where one is missing or both are one", () => {
    expect([daysReversed("2026-11-21", "2026-11-20"), daysReversed("", "2026-11-20"), daysReversed("2026-11-20", "2026-11-20")]).toEqual([true, false, false]);
  });
});

describe("the age of the newest head", () => {
  it("is by the server's clock, and grows between two answers", () => {
    expect(headAge(standing("2026-11-21T11:59:00.000Z"), 5000)).toEqual({ ms: 65_000, quiet: false });
  });
  it("is quiet after ten minutes without one", () => {
    expect(headAge(standing("2026-11-21T11:50:00.000Z"), 1)?.quiet).toBe(true);
  });
  it("is never below nothing, and none without a head or its instant", () => {
    expect(headAge(standing("2026-11-21T12:00:30.000Z"), 0)?.ms).toBe(0);
    expect([headAge(standing(null), 0), headAge({ ...standing(null), newest: null }, 0)]).toEqual([null, null]);
  });
});

describe("the tone of an answer", () => {
  it("is good for a proof alone, and bad where the file proves nothing", () => {
    expect((["gone", "never-recorded", "still-present", "covered-in-part", "altered", "wrong-key"] as const).map(toneOf)).toEqual([
      "good", "good", "wait", "wait", "bad", "bad",
    ]);
  });
});
