/**
 * How far behind real time a picture is, by its RTP timestamp (90 kHz, 32 bits). Pure.
 *
 * A server may repeat old pictures, to start a viewer or to answer a key-frame request: frames then arrive and are
 * decoded although the camera is silent. Their timestamps hardly advance, while real time does.
 */

const TICKS_PER_MS = 90;
const WRAP = 2 ** 32;
/** How fast the anchor may follow a lasting delay, per ms of media: repeated pictures carry next to none. */
const FOLLOW = 0.3;

export class MediaClock {
  private lastTicks: number | null = null;
  private mediaMs = 0;
  /** The greatest media time less real time seen: the least delayed frame. */
  private anchorMs = -Infinity;
  private startedMs: number | null = null;

  /** Takes a frame; gives how many ms it is behind the least delayed one. */
  take(atMs: number, rtpTimestamp: number): number {
    const advanceMs = this.advance(rtpTimestamp);
    this.mediaMs += advanceMs;
    this.startedMs ??= this.mediaMs;
    const offsetMs = this.mediaMs - atMs;
    const followed = this.anchorMs - FOLLOW * Math.max(0, advanceMs);
    this.anchorMs = Math.max(offsetMs, followed);
    return this.anchorMs - offsetMs;
  }

  /** How much media time has passed since the first frame. */
  get progressMs(): number {
    return this.startedMs === null ? 0 : this.mediaMs - this.startedMs;
  }

  private advance(rtpTimestamp: number): number {
    const before = this.lastTicks ?? rtpTimestamp;
    this.lastTicks = rtpTimestamp;
    const forward = (rtpTimestamp - before + WRAP) % WRAP;
    return (forward < WRAP / 2 ? forward : forward - WRAP) / TICKS_PER_MS;
  }
}
