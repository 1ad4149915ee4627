/** A live link and its freshness for React: one link as long as camera and motive stay the same. */
import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from "react";
import { api, ask } from "../api/client";
import { LiveLink, type Snapshot } from "./link";
import type { Freshness } from "./staleness";

const IDLE: Snapshot = { phase: "asking", stream: null, cause: null, detail: "", nextTryMs: null };
const TICK_MS = 250;

export interface Tile extends Snapshot {
  freshness: Freshness;
  /** UTC ms when the last live frame was seen. */
  lastFrameAt: number | null;
  bitrateBps: number;
  nowMs: number;
}

export function useTile(camera: string, motive: string, video: RefObject<HTMLVideoElement | null>, cameraLive: boolean): Tile {
  const [link, setLink] = useState<LiveLink | null>(null);

  useEffect(() => {
    const made = new LiveLink(camera, (id, signal) =>
      ask(api.POST("/api/v1/cameras/{camera_id}/live", { params: { path: { camera_id: id } }, body: { motive }, signal })),
    );
    setLink(made);
    const online = () => made.kick();
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      made.stop();
      setLink(null);
    };
  }, [camera, motive]);

  useEffect(() => {
    if (cameraLive) link?.kick();
  }, [cameraLive, link]);

  const none = useCallback(() => () => undefined, []);
  const snapshot = useSyncExternalStore(link?.subscribe ?? none, link?.snapshot ?? (() => IDLE));
  usePresented(link, snapshot.stream, video);

  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(performance.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  const lastMs = link?.watch.lastLiveMs ?? null;
  return {
    ...snapshot,
    freshness: link?.watch.freshness(nowMs) ?? { kind: "none" },
    lastFrameAt: lastMs === null ? null : performance.timeOrigin + lastMs,
    bitrateBps: link?.watch.bitrateBps ?? 0,
    nowMs,
  };
}

/** Shows the stream in the video element and reports each presented frame. */
function usePresented(link: LiveLink | null, stream: MediaStream | null, video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null || link === null) return;
    let handle = 0;
    const presented: VideoFrameRequestCallback = (now, metadata) => {
      link.presented(stream, now, metadata.rtpTimestamp);
      handle = element.requestVideoFrameCallback(presented);
    };
    handle = element.requestVideoFrameCallback(presented);
    void element.play().catch(() => undefined);
    return () => element.cancelVideoFrameCallback(handle);
  }, [link, stream, video]);
}
