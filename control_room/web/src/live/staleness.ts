/** Whether a picture may be called live. Pure: the times come in, all on one monotonic clock in ms. */
import { MediaClock } from "./mediaClock";

/** A picture older than this is not live any more. */
export const STALE_AFTER_MS = 1500;
/** A connection must carry this much moving media before it is called live: the first pictures may be old ones. */
const CONFIRMED_AFTER_MS = 250;

export type Freshness =
  | { kind: "none" }
  /** Pictures came a moment ago, and it is not known yet whether they move. */
  | { kind: "first" }
  | { kind: "live" }
  /** `ageMs` is null where a picture is shown that never was live here. */
  | { kind: "stale"; ageMs: number | null };

export interface Sample {
  atMs: number;
  framesDecoded: number;
  bytes: number;
  /** Of the last frame played, null when the browser does not tell now. */
  rtpTimestamp: number | null;
}

/** Notices frames from two witnesses, since a hidden tab gets no frame callback but still decodes. */
export class FrameWatch {
  private clock = new MediaClock();
  private confirmed = false;
  private untimed = 0;
  private timed = false;
  private firstMs: number | null = null;
  private liveMs: number | null = null;
  private previous: Sample | null = null;
  private rateBps = 0;

  /** A frame was presented. */
  presented(atMs: number, rtpTimestamp: number | undefined): void {
    this.firstMs ??= atMs;
    // Right after a change of connection the element may still present a frame of the one before.
    if (rtpTimestamp !== undefined && this.clock.foreign(atMs, rtpTimestamp)) {
      this.clock = new MediaClock();
      this.confirmed = false;
    }
    // Where frames do have timestamps, one without comes from a track that ended.
    if (rtpTimestamp === undefined && this.timed) return;
    this.timed ||= rtpTimestamp !== undefined;
    if (rtpTimestamp === undefined) this.untimed += 1;
    else if (this.clock.take(atMs, rtpTimestamp) > STALE_AFTER_MS) return;
    this.confirmed ||= this.clock.progressMs >= CONFIRMED_AFTER_MS || this.untimed > 1;
    if (this.confirmed) this.liveMs = Math.max(this.liveMs ?? atMs, atMs);
  }

  /** Counters of the receiver. */
  sampled(sample: Sample): void {
    const before = this.previous;
    this.previous = sample;
    const decoded = sample.framesDecoded > (before?.framesDecoded ?? 0);
    if (decoded && sample.rtpTimestamp !== null) this.presented(sample.atMs, sample.rtpTimestamp);
    const elapsedMs = sample.atMs - (before?.atMs ?? sample.atMs);
    if (before !== null && elapsedMs > 0) this.rateBps = ((sample.bytes - before.bytes) * 8000) / elapsedMs;
  }

  /** A new connection begins: its counters and timestamps start afresh, and the age of the picture goes on. */
  reconnected(): void {
    this.clock = new MediaClock();
    this.confirmed = false;
    this.untimed = 0;
    this.previous = null;
    this.rateBps = 0;
  }

  freshness(nowMs: number): Freshness {
    if (this.liveMs !== null) {
      const ageMs = Math.max(0, nowMs - this.liveMs);
      return ageMs > STALE_AFTER_MS ? { kind: "stale", ageMs } : { kind: "live" };
    }
    if (this.firstMs === null) return { kind: "none" };
    return nowMs - this.firstMs > STALE_AFTER_MS ? { kind: "stale", ageMs: null } : { kind: "first" };
  }

  /** When the last live frame was seen. */
  get lastLiveMs(): number | null {
    return this.liveMs;
  }

  get bitrateBps(): number {
    return this.rateBps;
  }
}
