/**
 * How far behind real time a picture is, by its RTP timestamp (90 kHz, 32 bits). Pure.
 *
 * A server may repeat old pictures, to start a viewer or to answer a key-frame request: frames then arrive and are
 * decoded although the camera is silent. Their timestamps hardly advance, while real time does.
 */

const TICKS_PER_MS = 90;
const WRAP = 2 ** 32;
/** Media that ran in step with real time for so long is a lasting delay, not a repetition. */
const STEADY_MS = 1500;
const STEADY_SHARE = 0.8;
/** Longer without a frame is no steady run. */
const PAUSE_MS = 1200;
const LEAP_MS = 3000;

export class MediaClock {
  private lastTicks: number | null = null;
  private mediaMs = 0;
  /** The greatest media time less real time seen: the least delayed frame. */
  private anchorMs = -Infinity;
  private startedMs: number | null = null;
  private frameMs = -Infinity;
  private run = { atMs: 0, mediaMs: 0 };

  /** Takes a frame; gives how many ms it is behind the least delayed one. */
  take(atMs: number, rtpTimestamp: number): number {
    this.mediaMs += this.advance(rtpTimestamp);
    this.startedMs ??= this.mediaMs;
    const offsetMs = this.mediaMs - atMs;
    this.anchorMs = this.steady(atMs) ? offsetMs : Math.max(offsetMs, this.anchorMs);
    return this.anchorMs - offsetMs;
  }

  private steady(atMs: number): boolean {
    if (atMs - this.frameMs > PAUSE_MS) this.run = { atMs, mediaMs: this.mediaMs };
    this.frameMs = atMs;
    const passedMs = atMs - this.run.atMs;
    if (passedMs < STEADY_MS) return false;
    const share = (this.mediaMs - this.run.mediaMs) / passedMs;
    this.run = { atMs, mediaMs: this.mediaMs };
    return share >= STEADY_SHARE && share <= 1 / STEADY_SHARE;
  }

  /** Whether a frame belongs to another timeline: it leaps back, or ahead of the time that passed. */
  foreign(atMs: number, rtpTimestamp: number): boolean {
    if (this.lastTicks === null) return false;
    const advanceMs = ahead(this.lastTicks, rtpTimestamp);
    return advanceMs < -LEAP_MS || advanceMs > atMs - this.frameMs + LEAP_MS;
  }

  /** How much media time has passed since the first frame. */
  get progressMs(): number {
    return this.startedMs === null ? 0 : this.mediaMs - this.startedMs;
  }

  private advance(rtpTimestamp: number): number {
    const before = this.lastTicks ?? rtpTimestamp;
    this.lastTicks = rtpTimestamp;
    return ahead(before, rtpTimestamp);
  }
}

function ahead(before: number, after: number): number {
  const forward = (after - before + WRAP) % WRAP;
  return (forward < WRAP / 2 ? forward : forward - WRAP) / TICKS_PER_MS;
}
