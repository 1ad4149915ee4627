import { describe, expect, it } from "vitest";
import { MediaClock } from "./mediaClock";

const FRAME_MS = 80;

/** Frames in real time from `atMs` on; gives the lag of the last. */
function play(clock: MediaClock, atMs: number, rtp: number, count: number): number {
  let lag = 0;
  for (let i = 0; i < count; i += 1) lag = clock.take(atMs + i * FRAME_MS, (rtp + i * FRAME_MS * 90) % 2 ** 32);
  return lag;
}

describe("MediaClock", () => {
  it("finds frames in real time not late", () => {
    expect(play(new MediaClock(), 0, 1000, 500)).toBeLessThan(1);
  });
  it("passes the end of 32 bits", () => {
    expect(play(new MediaClock(), 0, 2 ** 32 - 90_000, 100)).toBeLessThan(1);
  });
  it("finds old pictures sent again late, however many there are", () => {
    const clock = new MediaClock();
    play(clock, 0, 0, 100);
    let lag = 0;
    let rtp = 100 * FRAME_MS * 90;
    for (let replay = 1; replay <= 5; replay += 1) {
      for (let i = 0; i < 25; i += 1) lag = clock.take(8000 + replay * 3000 + i, (rtp += 72));
    }
    expect(lag).toBeGreaterThan(14_000);
  });
  it("finds the camera that comes back in real time again", () => {
    const clock = new MediaClock();
    play(clock, 0, 0, 100);
    expect(play(clock, 60_000, 60_000 * 90, 2)).toBeLessThan(5);
  });
  it("accepts a lasting delay after a while, since the pictures do move", () => {
    const clock = new MediaClock();
    play(clock, 0, 0, 100);
    expect(play(clock, 8000 + 4000, 8000 * 90, 1)).toBeGreaterThan(3000);
    expect(play(clock, 12_080, 8080 * 90, 200)).toBeLessThan(1000);
  });
  it("counts the fast start of a viewer as no progress", () => {
    const clock = new MediaClock();
    for (let i = 0; i < 25; i += 1) clock.take(i * 4, i * 90);
    expect(clock.progressMs).toBeLessThan(100);
  });
});
