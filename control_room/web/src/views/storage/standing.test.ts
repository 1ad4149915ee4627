import { describe, expect, it } from "vitest";
import type { Storage } from "../../api/types";
import { apart, clocks, standing } from "./standing";

const NOON = Date.parse("2026-11-21T12:00:00Z");
const at = (offset: number): string => new Date(NOON + offset).toISOString();
const WHY = { code: "destruction-fails", params: { cause: "disk-fault" } };
const told: Storage = { now: at(0), heard_at: at(-4000), storage_at: at(-4000), refused_since: null, clock_disputed: false, refusal: "", failure: "", held_alarm: "", grounds: [] };

describe("how destruction stands", () => {
  it("is as it should be only while storage is heard, refuses nothing and does not fail", () => {
    expect(standing(told).kind).toBe("destroying");
    expect(standing({ ...told, refusal: "the disk is away" }).kind).toBe("refused");
    expect(standing({ ...told, failure: "Input/output error", failure_why: WHY })).toEqual({ kind: "failing", ground: { text: "Input/output error", why: WHY } });
  });
  it("is unknown, never well, where storage was not heard or has fallen silent", () => {
    expect(standing({ ...told, heard_at: null })).toEqual({ kind: "unheard", heardAt: null });
    expect(standing({ ...told, heard_at: at(-16_000) })).toEqual({ kind: "unheard", heardAt: NOON - 16_000 });
    expect(standing({ ...told, heard_at: at(-16_000), refusal: "the disk is away" }).kind).toBe("unheard");
  });
  it("says whether a person's word about the clock may end a refusal", () => {
    const refused = { ...told, refusal: "the clock has jumped", refused_since: at(-60_000) };
    expect(standing({ ...refused, clock_disputed: true })).toMatchObject({ kind: "refused", clock: true, since: NOON - 60_000 });
    expect(standing(refused)).toMatchObject({ kind: "refused", clock: false });
  });
  it("tells each ground in its own words, and an older storage's in its own sentence", () => {
    const why = { code: "clock-jumped", params: { instant: at(0) } };
    const both = { ...told, refusal: "the clock has jumped; the index is gone", grounds: [{ reason: "the clock has jumped", why }, { reason: "the index is gone", why: null }] };
    expect(standing(both)).toMatchObject({ grounds: [{ text: "the clock has jumped", why }, { text: "the index is gone", why: null }] });
    expect(standing({ ...both, grounds: [] })).toMatchObject({ grounds: [{ text: both.refusal, why: null }] });
  });
});

describe("the three clocks", () => {
  const HOUR = 3_600_000;
  const BROWSER = NOON + 90_000;

  it("go on from what was told", () => {
    const shown = clocks({ ...told, storage_at: at(40 * HOUR) }, BROWSER, BROWSER + 7000);
    expect(shown).toEqual({ browser: BROWSER + 7000, controlRoom: NOON + 7000, storage: NOON + 40 * HOUR + 4000 + 7000 });
  });
  it("leave storage's open where it is not known", () => {
    expect(clocks({ ...told, storage_at: null }, NOON, NOON).storage).toBeNull();
    expect(apart(clocks({ ...told, storage_at: null }, NOON, NOON))).toBe(false);
  });
  it("are apart where storage would refuse this computer's time", () => {
    expect(apart(clocks({ ...told, storage_at: at(HOUR - 4000) }, NOON, NOON))).toBe(false);
    expect(apart(clocks({ ...told, storage_at: at(HOUR + 1000) }, NOON, NOON))).toBe(true);
    expect(apart(clocks({ ...told, storage_at: at(-2 * HOUR) }, NOON, NOON))).toBe(true);
  });
});
