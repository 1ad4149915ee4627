import { describe, expect, it } from "vitest";
import { fetchesOf } from "./fetchable";
import type { Fetchable } from "./storage";

const GAPS: Fetchable[] = [
  { from: 100, to: 200, fetch: "to-fetch" },
  { from: 300, to: 400, fetch: "fetching" },
  { from: 500, to: 600, fetch: "to-fetch" },
];
const ALL = { from: 0, to: 1000 };

describe("what can be fetched", () => {
  it("is the gap under the cursor", () => {
    expect(fetchesOf(GAPS, ALL, 550).wanted).toEqual({ from: 500, to: 600 });
  });
  it("is all that is shown where the cursor is in no such gap", () => {
    for (const cursor of [null, 50, 350]) expect(fetchesOf(GAPS, ALL, cursor).wanted).toEqual({ from: 100, to: 600 });
    expect(fetchesOf(GAPS, { from: 150, to: 450 }, null).wanted).toEqual({ from: 150, to: 200 });
  });
  it("is nothing where all is on its way, or out of sight", () => {
    expect(fetchesOf(GAPS.slice(1, 2), ALL, 350)).toEqual({ toFetchMs: 0, fetchingMs: 100, wanted: null });
    expect(fetchesOf(GAPS, { from: 700, to: 800 }, null).wanted).toBeNull();
  });
  it("is counted by its state", () => {
    expect(fetchesOf(GAPS, ALL, null)).toMatchObject({ toFetchMs: 200, fetchingMs: 100 });
  });
});
