import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from "react";
import { api, ask } from "../../api/client";
import { toWire } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import { Player, type PlayerState } from "../../playback/player";
import { plays } from "../../playback/sink";
import { Recordings } from "../../playback/storage";

/** A player on the video element, for as long as camera, range, motive and where to start stay the same. */
export function usePlayer(video: RefObject<HTMLVideoElement | null>, cameraId: string, range: Span, motive: string, startMs: number | null) {
  const [player, setPlayer] = useState<Player | null>(null);
  const { from, to } = range;

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const openTicket = () =>
      ask(
        api.POST("/api/v1/cameras/{camera_id}/playback", {
          params: { path: { camera_id: cameraId } },
          body: { motive, from: toWire(from), to: toWire(to) },
        }),
      );
    const recordings = new Recordings(openTicket, plays);
    const made = new Player(element, recordings, { from, to });
    if (startMs !== null && startMs > from) made.seek(startMs);
    setPlayer(made);
    return () => {
      made.close();
      setPlayer(null);
    };
  }, [video, cameraId, from, to, motive, startMs]);

  const nothing = useCallback(() => () => undefined, []);
  const state: PlayerState | null = useSyncExternalStore(player?.subscribe ?? nothing, player?.snapshot ?? (() => null));
  return { player, state };
}
