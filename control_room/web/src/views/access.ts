/** Which views a kind of person is offered, first the one they start with. The server decides; this only hides. */
import type { Kind } from "../api/types";

export type ViewName =
  | "wall" | "cameras" | "playback" | "exports" | "holds" | "adminCameras" | "communes" | "people" | "journal"
  | "viewers" | "storage" | "requisitions" | "transmissions" | "access" | "destructions";

const OFFERED: Record<Kind, readonly ViewName[]> = {
  operator: ["wall", "cameras", "holds"],
  commune: ["cameras", "viewers", "adminCameras", "transmissions", "destructions", "journal"],
  legal: ["cameras", "playback", "requisitions", "exports", "holds", "transmissions", "destructions", "access"],
  admin: ["cameras", "viewers", "adminCameras", "communes", "people", "journal", "storage"],
};

export const offered = (kind: Kind): readonly ViewName[] => OFFERED[kind];

/** The letter that follows `g`. */
export const LETTERS: Record<ViewName, string> = {
  wall: "m", cameras: "c", playback: "r", exports: "e", holds: "g",
  adminCameras: "k", communes: "o", people: "p", journal: "j", viewers: "v",
  storage: "s", requisitions: "q", transmissions: "t", access: "d", destructions: "x",
};
