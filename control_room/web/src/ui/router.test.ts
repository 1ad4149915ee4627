import { expect, it } from "vitest";
import { href, parseRoute } from "./router";

it("a route survives its address", () => {
  expect(parseRoute(href("playback", "cam-3kf9a0q2zd"))).toEqual({ view: "playback", argument: "cam-3kf9a0q2zd" });
});

it.each(["", "#", "#/", "#/%E0%A4%A"])("no view is read from %j", (hash) => {
  expect(parseRoute(hash).view).toBe("");
});
