import { describe, expect, it } from "vitest";
import { FrameWatch, STALE_AFTER_MS } from "./staleness";

const FRAME_MS = 80;

function play(watch: FrameWatch, fromMs: number, count: number, rtp = fromMs * 90): number {
  for (let i = 0; i < count; i += 1) watch.presented(fromMs + i * FRAME_MS, rtp + i * FRAME_MS * 90);
  return fromMs + (count - 1) * FRAME_MS;
}

describe("FrameWatch", () => {
  it("knows nothing before the first frame", () => {
    expect(new FrameWatch().freshness(10_000)).toEqual({ kind: "none" });
  });
  it("calls moving pictures live, up to the limit and not beyond", () => {
    const watch = new FrameWatch();
    const lastMs = play(watch, 0, 50);
    expect(watch.freshness(lastMs + STALE_AFTER_MS)).toEqual({ kind: "live" });
    expect(watch.freshness(lastMs + STALE_AFTER_MS + 1)).toEqual({ kind: "stale", ageMs: STALE_AFTER_MS + 1 });
  });
  it("does not call the first pictures live before they move", () => {
    const watch = new FrameWatch();
    for (let i = 0; i < 25; i += 1) watch.presented(i * 4, i * 90);
    expect(watch.freshness(200)).toEqual({ kind: "first" });
    expect(watch.freshness(1600)).toEqual({ kind: "stale", ageMs: null });
  });
  it("does not call old pictures live that are sent again while the camera is silent", () => {
    const watch = new FrameWatch();
    const lastMs = play(watch, 0, 50);
    for (let i = 0; i < 25; i += 1) watch.presented(lastMs + 3000 + i, (lastMs + i) * 90);
    expect(watch.freshness(lastMs + 3100)).toEqual({ kind: "stale", ageMs: 3100 });
  });
  it("is live again with the first frame of a camera that comes back", () => {
    const watch = new FrameWatch();
    play(watch, 0, 50);
    const lastMs = play(watch, 30_000, 1);
    expect(watch.freshness(lastMs)).toEqual({ kind: "live" });
  });
  it("keeps the age of the picture over a reconnection that brings only old ones", () => {
    const watch = new FrameWatch();
    const lastMs = play(watch, 0, 50);
    watch.reconnected();
    for (let i = 0; i < 25; i += 1) watch.presented(lastMs + 9000 + i, 77_000 + i * 90);
    expect(watch.freshness(lastMs + 9100)).toEqual({ kind: "stale", ageMs: 9100 });
  });
  it("is not fooled by a last frame of the connection before", () => {
    const watch = new FrameWatch();
    const lastMs = play(watch, 0, 50);
    watch.reconnected();
    watch.presented(lastMs + 9000, lastMs * 90);
    for (let i = 0; i < 25; i += 1) watch.presented(lastMs + 9010 + i, 900_000_000 + i * 90);
    expect(watch.freshness(lastMs + 9100)).toEqual({ kind: "stale", ageMs: 9100 });
  });
  it("does not take the untimed frame of a track that ended for a live one", () => {
    const watch = new FrameWatch();
    const lastMs = play(watch, 0, 50);
    watch.presented(lastMs + 15_000, undefined);
    expect(watch.freshness(lastMs + 15_001)).toEqual({ kind: "stale", ageMs: 15_001 });
  });
  it("takes a growing decode counter for frames when none is presented", () => {
    const watch = new FrameWatch();
    for (let i = 1; i < 5; i += 1) watch.sampled({ atMs: i * 500, framesDecoded: i * 6, bytes: 0, rtpTimestamp: i * 45_000 });
    expect(watch.freshness(2000)).toEqual({ kind: "live" });
  });
  it("does not take a counter that stands still for frames", () => {
    const watch = new FrameWatch();
    for (let i = 0; i < 9; i += 1) watch.sampled({ atMs: i * 500, framesDecoded: 12, bytes: 0, rtpTimestamp: 5 });
    expect(watch.freshness(4000)).toEqual({ kind: "stale", ageMs: null });
  });
  it("goes by arrival where the browser tells no timestamps", () => {
    const watch = new FrameWatch();
    watch.presented(0, undefined);
    watch.presented(80, undefined);
    expect(watch.freshness(100)).toEqual({ kind: "live" });
  });
  it("does not take decoded frames without a timestamp for live ones", () => {
    const watch = new FrameWatch();
    for (let i = 1; i < 9; i += 1) watch.sampled({ atMs: i * 100, framesDecoded: i * 6, bytes: 0, rtpTimestamp: null });
    expect(watch.freshness(900)).toEqual({ kind: "none" });
  });
  it("measures the bitrate between two samples", () => {
    const watch = new FrameWatch();
    watch.sampled({ atMs: 0, framesDecoded: 1, bytes: 0, rtpTimestamp: 0 });
    watch.sampled({ atMs: 500, framesDecoded: 2, bytes: 125_000, rtpTimestamp: 0 });
    expect(watch.bitrateBps).toBe(2_000_000);
  });
});
