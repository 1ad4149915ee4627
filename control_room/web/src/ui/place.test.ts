import { describe, expect, it } from "vitest";
import { NOTHING_TYPED, typed } from "../i18n/typed";
import { href, instantIn, ofRange, pageIn, parseRoute, rangeIn, recordingIn, type Query } from "./place";

const FROM = "2026-10-25T00:30:00.000Z";
const TO = "2026-10-25T01:30:00.000Z";

describe("a route", () => {
  it("survives its address", () => {
    const query = { from: FROM, to: TO, q: "à & b=c#?/%" };
    expect(parseRoute(href("playback", "cam-3kf9a0q2zd", query))).toEqual({ view: "playback", argument: "cam-3kf9a0q2zd", query });
    expect(parseRoute(href("journal"))).toEqual({ view: "journal", argument: "", query: {} });
  });
  it("leaves out what is empty", () => {
    expect(href("journal", "", { commune: "", camera: "cam-a" })).toBe("#/journal?camera=cam-a");
  });
  it.each(["", "#", "#/", "#/%E0%A4%A", "#?a=b"])("is no view in %j", (hash) => {
    expect(parseRoute(hash).view).toBe("");
  });
});

describe("a range in an address", () => {
  it("comes back to the field it was typed in, the second half past two of October too", () => {
    const range = { from: typed(Date.parse(FROM)), to: typed(Date.parse(TO)) };
    expect(range.from.text).toBe(range.to.text);
    expect(rangeIn(ofRange(range))).toEqual(range);
  });
  it("has no end that nobody can read", () => {
    for (const from of ["", "yesterday", "2026-11-20", "2026-13-40T10:00:00Z", "2026-11-20T10:00:00+01:00"]) {
      expect(instantIn({ from }, "from")).toBeNull();
      expect(rangeIn({ from }).from).toEqual(NOTHING_TYPED);
    }
    expect(ofRange({ from: { text: "2026-03-29T02:30", second: false }, to: NOTHING_TYPED })).toEqual({ from: "", to: "" });
  });
  it("is a recording to follow without an end, and none when it is reversed or cannot be read", () => {
    expect(recordingIn({ from: FROM, to: TO })).toEqual({ from: Date.parse(FROM), to: Date.parse(TO) });
    expect(recordingIn({ from: FROM })).toEqual({ from: Date.parse(FROM), to: null });
    for (const query of [{} as Query, { to: TO }, { from: TO, to: FROM }, { from: FROM, to: FROM }, { from: FROM, to: "soon" }]) {
      expect(recordingIn(query)).toBeNull();
    }
  });
});

describe("a page in an address", () => {
  it.each([
    [{}, 1, undefined],
    [{ page: "7" }, 1, undefined],
    [{ cursor: "c", page: "7" }, 7, "c"],
    [{ cursor: "c" }, 2, "c"],
    [{ cursor: "c", page: "-3.5" }, 2, "c"],
  ])("of %j", (query, page, cursor) => expect(pageIn(query)).toEqual({ page, cursor }));
});
