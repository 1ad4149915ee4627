import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff";

describe("Backoff", () => {
  it("doubles up to its limit and stays there for ever", () => {
    const backoff = new Backoff(500, 4000, () => 1);
    expect([1, 2, 3, 4, 5].map(() => backoff.nextMs())).toEqual([500, 1000, 2000, 4000, 4000]);
    for (let i = 0; i < 2000; i += 1) backoff.nextMs();
    expect(backoff.nextMs()).toBe(4000);
  });
  it("never waits less than half of the ceiling", () => {
    expect(new Backoff(500, 4000, () => 0).nextMs()).toBe(250);
  });
  it("starts again after a success", () => {
    const backoff = new Backoff(500, 4000, () => 1);
    backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    expect(backoff.nextMs()).toBe(500);
  });
});
