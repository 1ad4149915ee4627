/** The wall's link for React, and one camera's part of it. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore, type RefObject } from "react";
import { api, ask } from "../api/client";
import { UNASKED, type Snapshot, type TileLink } from "./tileLink";
import type { Freshness } from "./staleness";
import { WallLink } from "./wallLink";

const TICK_MS = 250;
/** Sizes are told in steps, so that a wall being resized does not tell each pixel. */
const SIZE_STEP = 16;

export const WallContext = createContext<WallLink | null>(null);

export interface Tile extends Snapshot {
  freshness: Freshness;
  /** UTC ms when the last live frame was seen. */
  lastFrameAt: number | null;
  bitrateBps: number;
  nowMs: number;
}

/** One link as long as the motive stays the same; none without a motive. */
export function useWallLink(motive: string, cameras: readonly string[], places: number): WallLink | null {
  const [link, setLink] = useState<WallLink | null>(null);
  useEffect(() => {
    if (motive === "") return;
    const made = new WallLink((ids, avoid, signal) =>
      ask(api.POST("/api/v1/wall", { body: { cameras: ids, motive, ...(avoid === null ? {} : { avoid }) }, signal })),
    );
    setLink(made);
    const online = () => made.kick();
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("online", online);
      made.stop();
      setLink(null);
    };
  }, [motive]);
  const wanted = cameras.join();
  useEffect(() => link?.want(wanted === "" ? [] : wanted.split(","), places), [link, wanted, places]);
  return link;
}

export function useTile(
  camera: string, video: RefObject<HTMLVideoElement | null>, poster: RefObject<HTMLCanvasElement | null>, cameraLive: boolean,
): Tile {
  const wall = useContext(WallContext);
  const link = wall?.tile(camera) ?? null;
  useEffect(() => {
    if (cameraLive) wall?.kick(camera);
  }, [cameraLive, wall, camera]);
  useSize(wall, camera, video);

  const none = useCallback(() => () => undefined, []);
  const snapshot = useSyncExternalStore(link?.subscribe ?? none, link?.snapshot ?? (() => UNASKED));
  usePresented(link, snapshot.stream, video, poster);

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

/** Tells the tile's size in device pixels: small ones are sent the camera's small stream. */
function useSize(wall: WallLink | null, camera: string, video: RefObject<HTMLVideoElement | null>): void {
  useEffect(() => {
    const element = video.current;
    if (element === null || wall === null) return;
    const step = (pixels: number) => Math.ceil((pixels * window.devicePixelRatio) / SIZE_STEP) * SIZE_STEP;
    const observer = new ResizeObserver(() => wall.resize(camera, step(element.clientWidth), step(element.clientHeight)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [wall, camera, video]);
}

/** Shows the stream in the video element and reports each presented frame; the first one goes to the poster. */
function usePresented(
  link: TileLink | null, stream: MediaStream | null, video: RefObject<HTMLVideoElement | null>, poster: RefObject<HTMLCanvasElement | null>,
): void {
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null || link === null) return;
    let handle = 0;
    let drawn = false;
    const presented: VideoFrameRequestCallback = (now, metadata) => {
      if (!drawn && poster.current !== null) draw(poster.current, element);
      drawn = true;
      link.presented(stream, now, metadata.rtpTimestamp);
      handle = element.requestVideoFrameCallback(presented);
    };
    handle = element.requestVideoFrameCallback(presented);
    void element.play().catch(() => undefined);
    return () => element.cancelVideoFrameCallback(handle);
  }, [link, stream, video, poster]);
}

function draw(canvas: HTMLCanvasElement, video: HTMLVideoElement): void {
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}
