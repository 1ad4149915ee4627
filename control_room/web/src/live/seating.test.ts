import { describe, expect, it } from "vitest";
import { QUIET_MS, Seating } from "./seating";

describe("Seating", () => {
  it("gives each camera one seat and keeps it", () => {
    const seating = new Seating(4);
    expect([seating.take("a", 0), seating.take("b", 0), seating.take("a", 9)]).toEqual([0, 1, 0]);
    expect(seating.cameras()).toEqual(["a", "b"]);
  });
  it("takes a seat never used before one that was left", () => {
    const seating = new Seating(2);
    seating.take("a", 0);
    seating.leave("a", 10);
    expect(seating.take("b", 20)).toBe(1);
  });
  it("gives a left seat only once no picture has come for a while", () => {
    const seating = new Seating(1);
    seating.take("a", 0);
    seating.counted(0, 50, 0);
    seating.leave("a", 100);
    expect(seating.take("b", 100 + QUIET_MS - 1)).toBeNull();
    seating.counted(0, 51, 400);
    expect(seating.take("b", 100 + QUIET_MS)).toBeNull();
    seating.counted(0, 51, 900);
    expect(seating.take("b", 400 + QUIET_MS)).toBe(0);
  });
  it("lets a camera nobody knows leave", () => {
    expect(new Seating(1).leave("a", 0)).toBeNull();
  });
  it("has seats to spare for every wall, within what a server takes", () => {
    expect([1, 16, 36, 100].map((places) => Seating.enoughFor(places))).toEqual([20, 20, 40, 64]);
  });
});
