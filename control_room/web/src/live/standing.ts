import { reasonFrom, type Reason } from "../i18n/words";

/** How a wall's session stands, as its mux tells it (docs/design/wall.md). Unknown figures are null. */

export type StaleCause = "camera" | "link" | "mux" | "right" | "transcoder";

export interface TileStanding {
  mid: string;
  camera: string | null;
  kind: string | null;
  codec: string | null;
  transcoded: boolean;
  /** Of a camera without key pictures, joined a moment ago. */
  incomplete: boolean;
  bitrate_kbps: number | null;
  loss: number | null;
  stale: StaleCause | null;
  /** A sentence in English, empty where there is nothing to say. */
  reason: string;
  /** The same as a code with parameters; null where it has none. */
  why: Reason | null;
  first_packet_ms: number | null;
}

export interface Standing {
  rtt_ms: number | null;
  jitter_ms: number | null;
  loss: number | null;
  bitrate_kbps: number | null;
  available_kbps: number | null;
  tiles: readonly TileStanding[];
}

const CAUSES: readonly string[] = ["camera", "link", "mux", "right", "transcoder"];

const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

function parseTile(raw: Record<string, unknown>): TileStanding {
  const stale = text(raw["stale"]);
  return {
    mid: text(raw["mid"]) ?? "",
    camera: text(raw["camera"]),
    kind: text(raw["kind"]),
    codec: text(raw["codec"]),
    transcoded: raw["transcoded"] === true,
    incomplete: raw["incomplete"] === true,
    bitrate_kbps: number(raw["bitrate_kbps"]),
    loss: number(raw["loss"]),
    stale: stale !== null && CAUSES.includes(stale) ? (stale as StaleCause) : null,
    reason: text(raw["reason"]) ?? "",
    why: reasonFrom(raw["why"]),
    first_packet_ms: number(raw["first_packet_ms"]),
  };
}

/** Whatever a server sent: what is missing or of another form is unknown. */
export function parseStanding(raw: unknown): Standing {
  const from = (typeof raw === "object" && raw !== null ? raw : {}) as Record<string, unknown>;
  const tiles = Array.isArray(from["tiles"]) ? (from["tiles"] as unknown[]) : [];
  return {
    rtt_ms: number(from["rtt_ms"]),
    jitter_ms: number(from["jitter_ms"]),
    loss: number(from["loss"]),
    bitrate_kbps: number(from["bitrate_kbps"]),
    available_kbps: number(from["available_kbps"]),
    tiles: tiles.flatMap((tile) => (typeof tile === "object" && tile !== null ? [parseTile(tile as Record<string, unknown>)] : [])),
  };
}
