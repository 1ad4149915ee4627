/** Why a tile shows no fresh picture. Pure: decided from the failed call and what the API says of the camera. */
import type { Problem } from "../api/problem";
import type { CameraStatus } from "../api/types";
import type { StaleCause } from "./standing";

export type Cause = "refused" | "network" | "control" | "lost" | "codec" | "gone" | "silent" | "server";

/** Who was being asked when it failed. */
export type Asked = "control" | "mux";

export function causeOf(problem: Problem, asked: Asked): Cause {
  if (problem.code === "no-h264" || problem.status === 415 || problem.status === 406) return "codec";
  if (problem.status === 401 || problem.status === 403) return "refused";
  if (problem.status === 404) return asked === "control" ? "gone" : "server";
  if (problem.status === 0 || problem.status >= 502) return asked === "control" ? "control" : "network";
  return "server";
}

export type Reason =
  | { kind: "blocked" }
  | { kind: "camera"; status: CameraStatus }
  /** What the image server says of a picture that stands still. */
  | { kind: "stale"; stale: StaleCause }
  | { kind: "cause"; cause: Cause };

export interface Known {
  cause: Cause | null;
  stale: StaleCause | null;
  camera: { blocked: boolean; status: CameraStatus } | null;
}

/**
 * The most telling reason: a right refused first, then a fault of the camera itself, then of the path to us.
 * A camera that is called live explains nothing, so the path is named.
 */
export function reasonOf({ cause, stale, camera }: Known): Reason {
  if (camera?.blocked === true) return { kind: "blocked" };
  if (cause === "refused" || cause === "gone" || cause === "codec") return { kind: "cause", cause };
  if (camera !== null && camera.status !== "live") return { kind: "camera", status: camera.status };
  if (stale !== null) return { kind: "stale", stale };
  return { kind: "cause", cause: cause ?? "silent" };
}
