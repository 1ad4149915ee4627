import { describe, expect, it } from "vitest";
import { frameTimes, mergedTimes, steppedTime } from "./frames";

const u32 = (...values: number[]): number[] =>
  values.flatMap((v) => [(v >>> 24) & 255, (v >>> 16) & 255, (v >>> 8) & 255, v & 255]);
const box = (type: string, ...content: number[][]): number[] => {
  const body = content.flat();
  return [...u32(body.length + 8), ...Array.from(type, (c) => c.charCodeAt(0)), ...body];
};
const bytes = (...parts: number[][]): ArrayBuffer => new Uint8Array(parts.flat()).buffer;

const moov = (scale: number) =>
  box("moov", box("trak", box("mdia", box("mdhd", u32(0, 0, 0, scale, 0, 0)))));
const moof = (start: number, durations: number[]) =>
  box("moof", box("traf", box("tfhd", u32(0, 1)), box("tfdt", u32(0x01000000, 0, start)),
    box("trun", u32(0x000100, durations.length, ...durations))));

describe("frameTimes", () => {
  it("adds up the durations from the decode time of each fragment", () => {
    const data = bytes(moov(1000), moof(5000, [40, 60]), box("mdat", [1, 2, 3]), moof(9000, [40]));
    expect(frameTimes(data)).toEqual([5, 5.04, 9]);
  });
  it("uses the default duration and the composition offset when a run says so", () => {
    const data = bytes(moov(90_000), box("moof", box("traf",
      box("tfhd", u32(0x08, 1, 3600)), box("tfdt", u32(0, 90_000)),
      box("trun", u32(0x01000800, 2, 3600, -3600 >>> 0)))));
    expect(frameTimes(data)).toEqual([1, 1.04]);
  });
  it("stops at a cut file and never throws", () => {
    const whole = new Uint8Array(bytes(moov(1000), moof(5000, [40, 60])));
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => frameTimes(whole.slice(0, length).buffer)).not.toThrow();
    }
    expect(frameTimes(bytes([255, 255, 255, 255, 0, 0, 0, 0]))).toEqual([]);
  });
});

describe("steppedTime", () => {
  const times = [1, 1.04, 1.1];
  it("finds the frame on either side", () => {
    expect(steppedTime(times, 1.04, 1)).toBe(1.1);
    expect(steppedTime(times, 1.04, -1)).toBe(1);
  });
  it("says when there is none", () => {
    expect(steppedTime(times, 1.1, 1)).toBeNull();
    expect(steppedTime([], 1, -1)).toBeNull();
  });
});

it("mergedTimes keeps only what is still buffered", () => {
  expect(mergedTimes([1, 2, 3], [3, 4], 2, 9)).toEqual([2, 3, 4]);
});
