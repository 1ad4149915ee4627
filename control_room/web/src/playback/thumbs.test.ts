import { afterEach, describe, expect, it, vi } from "vitest";
import type { Recordings } from "./storage";
import { stripOf, Thumbs } from "./thumbs";

const recordings = (picture: (ms: number) => Promise<Blob | null>) => ({ picture }) as unknown as Recordings;
const calm = new AbortController().signal;

afterEach(() => vi.restoreAllMocks());

describe("pictures of a timeline", () => {
  it("lie in the middle of equal parts of what is shown", () => expect(stripOf({ from: 0, to: 80 }, 4)).toEqual([10, 30, 50, 70]));

  it("are asked for one at a time, and each once", async () => {
    let [underway, most, asked] = [0, 0, 0];
    const thumbs = new Thumbs(recordings(async () => {
      asked += 1;
      most = Math.max(most, (underway += 1));
      await Promise.resolve();
      underway -= 1;
      return new Blob(["x"]);
    }));
    const found = await Promise.all([1, 2, 1].map((ms) => thumbs.at(ms, calm)));
    expect([most, asked]).toEqual([1, 2]);
    expect(found[0]).toBe(found[2]);
  });

  it("are not asked for once nobody waits, and are given up with the player", async () => {
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    const picture = vi.fn(() => Promise.resolve(new Blob(["x"])));
    const thumbs = new Thumbs(recordings(picture));
    expect(await thumbs.at(1, AbortSignal.abort())).toBeNull();
    expect(picture).not.toHaveBeenCalled();
    const address = await thumbs.at(2, calm);
    thumbs.close();
    expect(revoked).toHaveBeenCalledWith(address);
    expect(await thumbs.at(2, calm)).toBeNull();
  });
});
