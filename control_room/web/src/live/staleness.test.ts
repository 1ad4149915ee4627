import { describe, expect, it } from "vitest";
import { FrameWatch, freshness, STALE_AFTER_MS } from "./staleness";

describe("freshness", () => {
  it("knows nothing before the first frame", () => {
    expect(freshness(10_000, null)).toEqual({ kind: "none" });
  });
  it("is live up to the limit and stale beyond it", () => {
    expect(freshness(STALE_AFTER_MS, 0).kind).toBe("live");
    expect(freshness(STALE_AFTER_MS + 1, 0)).toEqual({ kind: "stale", ageMs: STALE_AFTER_MS + 1 });
  });
  it("never gives a negative age", () => {
    expect(freshness(5, 9)).toEqual({ kind: "live", ageMs: 0 });
  });
});

describe("FrameWatch", () => {
  const sample = (atMs: number, framesDecoded: number, bytes = 0) => ({ atMs, framesDecoded, bytes });

  it("takes a growing decode counter for a frame when no frame is presented", () => {
    const watch = new FrameWatch();
    watch.sampled(sample(0, 0));
    expect(watch.lastFrameMs).toBeNull();
    watch.sampled(sample(500, 7));
    expect(watch.lastFrameMs).toBe(500);
  });
  it("does not take a counter that stands still for a frame", () => {
    const watch = new FrameWatch();
    watch.sampled(sample(0, 12));
    watch.sampled(sample(500, 12));
    watch.sampled(sample(1000, 12));
    expect(watch.lastFrameMs).toBe(0);
  });
  it("measures the bitrate between two samples", () => {
    const watch = new FrameWatch();
    watch.sampled(sample(0, 1, 0));
    watch.sampled(sample(500, 2, 125_000));
    expect(watch.bitrateBps).toBe(2_000_000);
  });
  it("keeps the age of the last picture over a reconnection", () => {
    const watch = new FrameWatch();
    watch.presented(400);
    watch.reconnected();
    watch.sampled(sample(5000, 0));
    expect(watch.lastFrameMs).toBe(400);
    expect(watch.bitrateBps).toBe(0);
  });
  it("never goes back in time", () => {
    const watch = new FrameWatch();
    watch.presented(900);
    watch.presented(300);
    expect(watch.lastFrameMs).toBe(900);
  });
});
