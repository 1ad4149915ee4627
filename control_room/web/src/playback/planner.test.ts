import { describe, expect, it } from "vitest";
import { AHEAD_MS, BEHIND_MS, CHUNK_MS, merged, plan, type State } from "./planner";

const base: State = { playheadMs: 0, buffered: [], limitMs: 3_600_000, nextFootageMs: null, rate: 1, coveredMs: null };
const at = (change: Partial<State>): State => ({ ...base, ...change });

describe("plan", () => {
  it("fetches from the playhead when nothing is there", () => {
    expect(plan(at({ playheadMs: 5000 }))).toEqual({ kind: "fetch", from: 5000, to: 5000 + CHUNK_MS });
  });
  it("goes on from the end of what is buffered", () => {
    const step = plan(at({ playheadMs: 1000, buffered: [{ from: 0, to: 9800 }] }));
    expect(step).toEqual({ kind: "fetch", from: 9800, to: 9800 + CHUNK_MS });
  });
  it("asks from the end that storage named, where the buffer ends a little before", () => {
    const buffered = [{ from: 0, to: 9800 }];
    expect(plan(at({ playheadMs: 1000, buffered, coveredMs: 9801 }))).toMatchObject({ from: 9801 });
    expect(plan(at({ playheadMs: 9800, buffered, coveredMs: 9801 }))).toMatchObject({ from: 9801 });
  });
  it("asks from the buffer's end where the last chunk was elsewhere", () => {
    const buffered = [{ from: 0, to: 9800 }];
    expect(plan(at({ playheadMs: 1000, buffered, coveredMs: 700_000 }))).toMatchObject({ from: 9800 });
  });
  it("rests once enough is ahead", () => {
    expect(plan(at({ buffered: [{ from: 0, to: AHEAD_MS }] })).kind).toBe("rest");
  });
  it("holds more ahead when playing at eight times the speed", () => {
    expect(plan(at({ rate: 8, buffered: [{ from: 0, to: AHEAD_MS }] })).kind).toBe("fetch");
  });
  it("never asks beyond the limit", () => {
    expect(plan(at({ limitMs: 4000 }))).toEqual({ kind: "fetch", from: 0, to: 4000 });
    expect(plan(at({ playheadMs: 4000, limitMs: 4000 })).kind).toBe("rest");
  });
  it("drops what is long behind", () => {
    const playheadMs = BEHIND_MS + CHUNK_MS + 1;
    const step = plan(at({ playheadMs, buffered: [{ from: 0, to: playheadMs + AHEAD_MS }] }));
    expect(step).toEqual({ kind: "drop", from: 0, to: playheadMs - BEHIND_MS });
  });
  it("fetches beyond a hole while the picture before it still plays", () => {
    const step = plan(at({ buffered: [{ from: 0, to: 5000 }], nextFootageMs: 60_000 }));
    expect(step).toEqual({ kind: "fetch", from: 60_000, to: 60_000 + CHUNK_MS });
  });
  it("jumps the hole when its far side is there", () => {
    const buffered = [{ from: 0, to: 5000 }, { from: 60_000, to: 70_000 }];
    expect(plan(at({ playheadMs: 5000, buffered, nextFootageMs: 60_000 }))).toEqual({
      kind: "jump",
      from: 5000,
      to: 60_000,
    });
  });
  it("jumps to the asked instant when the key frame before it came too", () => {
    const buffered = [{ from: 59_000, to: 70_000 }];
    expect(plan(at({ playheadMs: 5000, buffered, nextFootageMs: 60_000 }))).toMatchObject({ to: 60_000 });
  });
  it("rests before a hole whose far side is out of reach", () => {
    expect(plan(at({ nextFootageMs: 9_000_000 })).kind).toBe("rest");
  });
});

describe("merged", () => {
  it("closes holes a browser plays over and keeps wider ones", () => {
    expect(merged([{ from: 0, to: 10 }, { from: 60, to: 90 }, { from: 900, to: 950 }])).toEqual([
      { from: 0, to: 90 },
      { from: 900, to: 950 },
    ]);
  });
});
