/** Whether a picture may be called live. Pure: the times come in, all on one monotonic clock in ms. */

/** A picture older than this is not live any more. */
export const STALE_AFTER_MS = 1500;

export type Freshness =
  | { kind: "none" }
  | { kind: "live"; ageMs: number }
  | { kind: "stale"; ageMs: number };

/** `lastFrameMs` is when the last decoded frame was seen, null before the first. */
export function freshness(nowMs: number, lastFrameMs: number | null): Freshness {
  if (lastFrameMs === null) return { kind: "none" };
  const ageMs = Math.max(0, nowMs - lastFrameMs);
  return ageMs > STALE_AFTER_MS ? { kind: "stale", ageMs } : { kind: "live", ageMs };
}

export interface Sample {
  atMs: number;
  framesDecoded: number;
  bytes: number;
}

/** Notices frames from two witnesses, since a hidden tab gets no frame callback but still decodes. */
export class FrameWatch {
  private lastMs: number | null = null;
  private previous: Sample | null = null;
  private rateBps = 0;

  /** A frame was presented. */
  presented(atMs: number): void {
    this.lastMs = Math.max(this.lastMs ?? atMs, atMs);
  }

  /** Counters of the receiver; a counter that falls means a new receiver. */
  sampled(sample: Sample): void {
    const before = this.previous;
    this.previous = sample;
    if (before === null || sample.framesDecoded < before.framesDecoded || sample.bytes < before.bytes) {
      if (sample.framesDecoded > 0) this.presented(sample.atMs);
      return;
    }
    if (sample.framesDecoded > before.framesDecoded) this.presented(sample.atMs);
    const elapsedMs = sample.atMs - before.atMs;
    if (elapsedMs > 0) this.rateBps = ((sample.bytes - before.bytes) * 8000) / elapsedMs;
  }

  /** A new connection begins: its counters start at zero, and the age of the last frame goes on. */
  reconnected(): void {
    this.previous = null;
    this.rateBps = 0;
  }

  get lastFrameMs(): number | null {
    return this.lastMs;
  }

  get bitrateBps(): number {
    return this.rateBps;
  }
}
