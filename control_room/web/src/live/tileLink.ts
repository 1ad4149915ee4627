/** One camera on the wall: what is shown of it and what is known of it. Told by the wall's link; holds no React. */
import { CatchUp } from "./catchUp";
import { NOTHING, type Told } from "../i18n/words";
import type { Cause } from "./reason";
import type { Standing, TileStanding } from "./standing";
import { FrameWatch } from "./staleness";

export type Phase = "asking" | "connecting" | "connected" | "waiting";

export interface Snapshot {
  phase: Phase;
  /** What to show; stays the old one until a new connection carries pictures. */
  stream: MediaStream | null;
  /** Whether the first picture still stands for those that run after live. */
  catchingUp: boolean;
  cause: Cause | null;
  /** What the server said of the failure. */
  told: Told;
  /** Monotonic ms of the next attempt, while waiting. */
  nextTryMs: number | null;
  /** How the mux sees this tile, and the path that all tiles share. */
  standing: TileStanding | null;
  path: Standing | null;
  counts: ReceiverCounts | null;
  firstFrameMs: number | null;
}

export interface ReceiverCounts {
  framesDecoded: number;
  framesDropped: number;
  bytes: number;
  freezes: number;
  freezeMs: number;
  /** Of the last frame played, null when the browser does not tell now. */
  rtpTimestamp: number | null;
}

export const UNASKED: Snapshot = {
  phase: "asking", stream: null, catchingUp: false, cause: null, told: NOTHING, nextTryMs: null,
  standing: null, path: null, counts: null, firstFrameMs: null,
};

export class TileLink {
  readonly watch = new FrameWatch();
  size = { width: 0, height: 0 };
  private state: Snapshot = UNASKED;
  private readonly listeners = new Set<() => void>();
  private catchUp = new CatchUp();
  /** The stream whose frames count. */
  private followed: MediaStream | null = null;
  private followedMs = 0;

  readonly snapshot = (): Snapshot => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }

  /** Its pictures are to come as `stream` from now on. Those before are shown until the first one comes. */
  follow(stream: MediaStream, nowMs: number): void {
    this.watch.reconnected();
    this.catchUp = new CatchUp();
    this.followed = stream;
    this.followedMs = nowMs;
    const first = this.state.stream === null;
    this.set({
      phase: "connecting", nextTryMs: null, counts: null, standing: null, firstFrameMs: null,
      ...(first ? { stream, catchingUp: true } : {}),
    });
  }

  /** Nobody may see it any more, or nobody wants to: not even the last picture stays. */
  clear(change: Partial<Snapshot>): void {
    this.followed = null;
    this.set({ stream: null, catchingUp: false, standing: null, counts: null, ...change });
  }

  /** A frame of `stream` is on screen. The one shown until a new connection carries pictures does not count. */
  presented(stream: MediaStream, atMs: number, rtpTimestamp: number | undefined): void {
    if (stream !== this.followed) return;
    this.watch.presented(atMs, rtpTimestamp);
    if (this.state.firstFrameMs === null) this.set({ firstFrameMs: Math.max(0, atMs - this.followedMs) });
    if (this.catchUp.presented(atMs, rtpTimestamp) && this.state.catchingUp) this.set({ catchingUp: false });
  }

  /** What the receiver of the followed stream has counted. */
  sampled(counts: ReceiverCounts, atMs: number): void {
    const stream = this.followed;
    if (stream === null) return;
    this.watch.sampled({ atMs, ...counts });
    const carried = counts.framesDecoded > (this.state.counts?.framesDecoded ?? 0);
    const known = { counts, firstFrameMs: this.state.firstFrameMs ?? (carried ? atMs - this.followedMs : null) };
    if (!carried) {
      this.set({ counts });
      return;
    }
    const anew = this.state.stream !== stream;
    this.set({
      ...known, phase: "connected", cause: null, told: NOTHING, nextTryMs: null, stream,
      catchingUp: anew ? !this.catchUp.caughtUp : this.state.catchingUp,
    });
  }

  /** Whether any picture of what it follows has been decoded. */
  get carried(): boolean {
    return (this.state.counts?.framesDecoded ?? 0) > 0;
  }
}
