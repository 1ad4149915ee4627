/** What a tile says in words. Pure. */
import type { Camera } from "../../api/types";
import type { Messages } from "../../i18n/fr";
import type { Reason, Told } from "../../i18n/words";
import { reasonOf } from "../../live/reason";
import type { Tile } from "../../live/useTile";

const told = (text: string | null | undefined, why: Reason | null | undefined): Told => ({ text: text ?? "", why: why ?? null });

/** Why no fresh picture is shown, with what a server said of it. */
export function whyOf(tile: Pick<Tile, "cause" | "told" | "standing">, camera: Camera | undefined, t: Messages): { why: string; said: Told } {
  const known = camera === undefined ? null : { blocked: camera.blocked_reason !== null, status: camera.state.status };
  const reason = reasonOf({ cause: tile.cause, stale: tile.standing?.stale ?? null, camera: known });
  switch (reason.kind) {
    case "blocked":
      return { why: t.blocked, said: told(camera?.blocked_reason, camera?.blocked_why) };
    case "camera":
      return { why: t.statusReason[reason.status], said: told(camera?.state.reason, camera?.state.why) };
    case "stale":
      return { why: t.tile.stale[reason.stale], said: told(tile.standing?.reason, tile.standing?.why) };
    case "cause":
      return { why: t.tile.reason[reason.cause], said: tile.told };
  }
}

export type Shown = "live" | "first" | "stale" | "none";

/** What may be claimed of the picture on screen. */
export function shownOf(tile: Tile): Shown {
  return tile.stream === null ? "none" : tile.freshness.kind;
}

/** What happens now, while there is no fresh picture. */
export function stepOf(tile: Tile, t: Messages): string {
  switch (tile.phase) {
    case "asking":
      return tile.cause === null ? t.tile.asking : t.tile.retrying;
    case "connecting":
      return tile.cause === null ? t.tile.firstFrame : t.tile.retrying;
    case "waiting":
      return tile.nextTryMs === null ? t.tile.retrying : t.tile.retryIn(Math.max(1, Math.ceil((tile.nextTryMs - tile.nowMs) / 1000)));
    case "connected":
      return "";
  }
}

export const bitrate = (bps: number): string =>
  bps < 1e6 ? `${Math.round(bps / 1e3)} kb/s` : `${(bps / 1e6).toFixed(1)} Mb/s`;
