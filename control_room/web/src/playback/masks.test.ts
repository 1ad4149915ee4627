import { describe, expect, it } from "vitest";
import {
  begun, boxAt, cornered, coverAt, coveredMs, drawn, ended, followed, masksIn, moved, nextId, ofWireMask, readMasks, resized, spanOf, toWireMask, withKey,
  withoutKey, type Mask,
} from "./masks";

const BOX = { x: 0.2, y: 0.2, w: 0.1, h: 0.1 };
const RANGE = { from: 0, to: 60_000 };
const mask = (...positions: [at: number, x: number][]): Mask => ({ id: "m-1", positions: positions.map(([at, x]) => ({ ...BOX, at, x })) });

describe("a mask", () => {
  const straight = mask([1000, 0.2], [3000, 0.6]);
  it("goes in a straight line from one key position to the next", () => {
    expect(boxAt(straight, 2000).x).toBeCloseTo(0.4);
  });
  it("covers from its first to its last instant, both included, and the picture on which it begins", () => {
    expect(coverAt(straight, 990)?.x).toBeCloseTo(0.2);
    expect(coverAt(straight, 3000)?.x).toBeCloseTo(0.6);
    expect(coverAt(straight, 900)).toBeNull();
    expect(coverAt(straight, 3001)).toBeNull();
  });
  it("takes a key position where it is drawn again, in place of one at the very instant", () => {
    const more = withKey(straight, 2000, { ...BOX, x: 0.5 });
    expect(more.positions.map((one) => one.at)).toEqual([1000, 2000, 3000]);
    expect(withKey(more, 2000.5, { ...BOX, x: 0.7 }).positions.map((one) => one.x)).toEqual([0.2, 0.7, 0.6]);
  });
  it("gets longer by a position outside it", () => {
    expect(spanOf(withKey(straight, 9000, BOX))).toEqual({ from: 1000, to: 9000 });
  });
  it("keeps two positions", () => {
    expect(withoutKey(withKey(straight, 2000, BOX), 2000)).toEqual(straight);
    expect(withoutKey(straight, 1000)).toEqual(straight);
  });
  it("begins and ends where it is told, on the line it goes", () => {
    expect(begun(straight, 2000).positions.map((one) => [one.at, Number(one.x.toFixed(3))])).toEqual([[2000, 0.4], [3000, 0.6]]);
    expect(ended(straight, 2000).positions.map((one) => [one.at, Number(one.x.toFixed(3))])).toEqual([[1000, 0.2], [2000, 0.4]]);
    expect(begun(straight, 9000).positions.length).toBe(2);
    expect(ended(straight, 500).positions.length).toBe(2);
  });
  it("goes on as was proposed and no longer as before", () => {
    const proposal = [{ ...BOX, at: 2000, x: 0.1 }, { ...BOX, at: 2400, x: 0.05 }];
    expect(followed(straight, proposal).positions.map((one) => one.at)).toEqual([1000, 2000, 2400]);
    expect(followed(straight, [])).toEqual(straight);
  });
  it("is new for some seconds, within the range", () => {
    expect(spanOf(drawn("m-1", 1000, BOX, RANGE))).toEqual({ from: 1000, to: 6000 });
    expect(spanOf(drawn("m-1", 58_000, BOX, RANGE))).toEqual({ from: 58_000, to: 60_000 });
    expect(spanOf(drawn("m-1", 60_000, BOX, RANGE))).toEqual({ from: 55_000, to: 60_000 });
  });
});

describe("boxes", () => {
  it("never leave the picture and never vanish", () => {
    for (const box of [moved(BOX, 5, 5), moved(BOX, -5, -5), resized(BOX, 5, 5), resized(BOX, -5, -5), cornered({ x: 0.9, y: 0.9 }, { x: 3, y: -2 }), cornered(BOX, BOX)]) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.w).toBeLessThanOrEqual(1 + 1e-9);
      expect(box.y + box.h).toBeLessThanOrEqual(1 + 1e-9);
      expect(Math.min(box.w, box.h)).toBeGreaterThanOrEqual(0.01 - 1e-9);
    }
  });
  it("are the same from whichever corner they are drawn", () => {
    const box = cornered({ x: 0.6, y: 0.7 }, { x: 0.2, y: 0.3 });
    expect([box.x, box.y, box.w, box.h].map((side) => Number(side.toFixed(6)))).toEqual([0.2, 0.3, 0.4, 0.4]);
  });
});

describe("what is sent", () => {
  it("is rounded so that a mask gets longer, never shorter", () => {
    const { positions } = toWireMask(mask([1000.7, 0.2], [2000.5, 0.3], [3000.2, 0.4]));
    expect(positions.map((one) => Date.parse(one.at))).toEqual([1000, 2001, 3001]);
  });
  it("comes back as it went", () => {
    const before = mask([1000, 0.2], [3000, 0.6]);
    expect(ofWireMask(toWireMask(before))).toEqual(before);
  });
  it("has what covers something of the range", () => {
    const all = [mask([0, 0.1], [500, 0.1]), mask([900, 0.1], [1500, 0.1]), mask([2000, 0.1], [3000, 0.1])];
    expect(masksIn(all, { from: 1000, to: 2000 })).toEqual([all[1]]);
  });
});

describe("drafts", () => {
  it("are read as they were kept", () => {
    const masks = [mask([0, 0.1], [500, 0.1])];
    expect(readMasks(JSON.stringify(masks))).toEqual(masks);
  });
  it("are nothing where they cannot be read", () => {
    for (const text of [null, "", "{", "7", '[{"id":"m"}]', '[{"id":"m","positions":[{"at":1,"x":0,"y":0,"w":1,"h":1}]}]', JSON.stringify([mask([5, 0.1], [5, 0.1])])]) {
      expect(readMasks(text)).toEqual([]);
    }
  });
  it("give the next mask a name of its own", () => {
    expect(nextId([])).toBe("m-1");
    expect(nextId([{ id: "m-1", positions: [] }, { id: "m-3", positions: [] }])).toBe("m-2");
  });
});

it("counts time that several masks cover once", () => {
  expect(coveredMs([{ from: 0, to: 1000 }, { from: 500, to: 1500 }, { from: 3000, to: 4000 }])).toBe(2500);
});
