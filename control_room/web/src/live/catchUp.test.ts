import { describe, expect, it } from "vitest";
import { CatchUp, LONGEST_MS } from "./catchUp";

const TICKS = 90;

describe("CatchUp", () => {
  it("is not done with the first picture", () => {
    expect(new CatchUp().presented(0, 1000)).toBe(false);
  });
  it("goes on while old pictures run by, and is done with the first live pair", () => {
    const catchUp = new CatchUp();
    for (let i = 0; i < 20; i += 1) expect(catchUp.presented(i * 16, i * 8 * TICKS)).toBe(false);
    expect(catchUp.presented(20 * 16, (19 * 8 + 40) * TICKS)).toBe(true);
    expect(catchUp.caughtUp).toBe(true);
  });
  it("is done at the second picture of a camera that was joined at its key picture", () => {
    const catchUp = new CatchUp();
    catchUp.presented(0, 0);
    expect(catchUp.presented(40, 40 * TICKS)).toBe(true);
  });
  it("counts over the end of the 32 bits", () => {
    const catchUp = new CatchUp();
    catchUp.presented(0, 2 ** 32 - 10);
    expect(catchUp.presented(80, 80 * TICKS - 10)).toBe(true);
  });
  it("does not keep the still for ever", () => {
    const catchUp = new CatchUp();
    catchUp.presented(0, 0);
    expect(catchUp.presented(LONGEST_MS + 1, TICKS)).toBe(true);
  });
  it("does not keep the still where the browser tells no timestamps", () => {
    const catchUp = new CatchUp();
    catchUp.presented(0, undefined);
    expect(catchUp.presented(LONGEST_MS + 1, undefined)).toBe(true);
  });
});
