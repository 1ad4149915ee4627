import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from "react";
import { api, ask } from "../../api/client";
import { toWire } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import { Player } from "../../playback/player";
import type { PlayerState } from "../../playback/state";
import { plays } from "../../playback/sink";
import { Recordings } from "../../playback/storage";
import { Thumbs } from "../../playback/thumbs";

/** The recordings of a camera's range, opened for a motive. */
export function recordingsOf(cameraId: string, { from, to }: Span, motive: string): Recordings {
  return new Recordings(
    () =>
      ask(
        api.POST("/api/v1/cameras/{camera_id}/playback", {
          params: { path: { camera_id: cameraId } },
          body: { motive, from: toWire(from), to: toWire(to) },
        }),
      ),
    plays,
  );
}

/** A player on the video element, for as long as camera, range, motive and where to start stay the same. */
export function usePlayer(video: RefObject<HTMLVideoElement | null>, cameraId: string, range: Span, motive: string, startMs: number | null, follows = false) {
  const [player, setPlayer] = useState<Player | null>(null);
  const [thumbs, setThumbs] = useState<Thumbs | null>(null);
  const [opened, setOpened] = useState<Recordings | null>(null);
  const { from, to } = range;

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const recordings = recordingsOf(cameraId, { from, to }, motive);
    const made = new Player(element, recordings, { from, to }, follows);
    if (startMs !== null && startMs > from) made.seek(startMs);
    const pictures = new Thumbs(recordings);
    setPlayer(made);
    setThumbs(pictures);
    setOpened(recordings);
    return () => {
      made.close();
      pictures.close();
      setThumbs(null);
      setOpened(null);
      setPlayer(null);
    };
  }, [video, cameraId, from, to, motive, startMs, follows]);

  const nothing = useCallback(() => () => undefined, []);
  const state: PlayerState | null = useSyncExternalStore(player?.subscribe ?? nothing, player?.snapshot ?? (() => null));
  return { player, state, thumbs, recordings: opened };
}
