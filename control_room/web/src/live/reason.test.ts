import { describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import { causeOf, reasonOf } from "./reason";

describe("causeOf", () => {
  it("tells the control room from the picture server when nobody answers", () => {
    expect(causeOf(new Problem(0, "Failed to fetch"), "control")).toBe("control");
    expect(causeOf(new Problem(0, "Failed to fetch"), "mux")).toBe("network");
    expect(causeOf(new Problem(503, "busy"), "mux")).toBe("network");
  });
  it.each([401, 403])("takes %i for a right refused, whoever said it", (status) => {
    expect(causeOf(new Problem(status, "no"), "control")).toBe("refused");
    expect(causeOf(new Problem(status, "no"), "mux")).toBe("refused");
  });
  it("tells a removed camera from a server that does not know the stream", () => {
    expect(causeOf(new Problem(404, "no"), "control")).toBe("gone");
    expect(causeOf(new Problem(404, "no"), "mux")).toBe("server");
  });
  it("names the missing codec", () => {
    expect(causeOf(new Problem(415, "no", "no-h264"), "mux")).toBe("codec");
  });
});

describe("reasonOf", () => {
  it("names the camera's own fault before the path's", () => {
    const reason = reasonOf({ cause: "lost", stale: null, camera: { blocked: false, status: "unreachable" } });
    expect(reason).toEqual({ kind: "camera", status: "unreachable" });
  });
  it("names the path when the camera is well", () => {
    const reason = reasonOf({ cause: "network", stale: null, camera: { blocked: false, status: "live" } });
    expect(reason).toEqual({ kind: "cause", cause: "network" });
  });
  it("names a refused right before anything else about the camera", () => {
    const reason = reasonOf({ cause: "refused", stale: null, camera: { blocked: false, status: "stalled" } });
    expect(reason).toEqual({ kind: "cause", cause: "refused" });
  });
  it("names what the image server knows before what is only guessed", () => {
    const camera = { blocked: false, status: "live" } as const;
    expect(reasonOf({ cause: null, stale: "link", camera })).toEqual({ kind: "stale", stale: "link" });
    expect(reasonOf({ cause: null, stale: "camera", camera: { blocked: false, status: "stalled" } })).toEqual({ kind: "camera", status: "stalled" });
  });
  it("says that it does not know rather than guess", () => {
    expect(reasonOf({ cause: null, stale: null, camera: null })).toEqual({ kind: "cause", cause: "silent" });
  });
  it("names a camera that may not be shown", () => {
    expect(reasonOf({ cause: "refused", stale: null, camera: { blocked: true, status: "live" } })).toEqual({ kind: "blocked" });
  });
});
