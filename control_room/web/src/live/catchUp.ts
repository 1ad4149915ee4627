/**
 * When the pictures of a start have caught up with live. Pure.
 *
 * A viewer is sent the current group of pictures at once, its timestamps close together, so that the first picture
 * need not wait for a key frame. Played, it looks like a film run too fast: the page shows the first picture still
 * until media time goes as fast as real time.
 */

const TICKS_PER_MS = 90;
const WRAP = 2 ** 32;
/** Media passing at this share of real time is live. */
const LIVE_SHARE = 0.75;
/** Two pictures closer in media time than this are no live pair: no camera sends so many a second. */
const LEAST_STEP_MS = 8;
/** Live or not, the still is taken away after this. */
export const LONGEST_MS = 1500;

export class CatchUp {
  private firstMs: number | null = null;
  private before: { atMs: number; ticks: number } | null = null;
  private done = false;

  /** Takes a presented frame; gives whether what is presented is live now. Once true, always true. */
  presented(atMs: number, rtpTimestamp: number | undefined): boolean {
    this.firstMs ??= atMs;
    if (atMs - this.firstMs > LONGEST_MS) this.done = true;
    if (this.done || rtpTimestamp === undefined) return this.done;
    const { before } = this;
    this.before = { atMs, ticks: rtpTimestamp };
    if (before === null) return false;
    const mediaMs = ((rtpTimestamp - before.ticks + WRAP) % WRAP) / TICKS_PER_MS;
    const passedMs = atMs - before.atMs;
    this.done = mediaMs >= LEAST_STEP_MS && mediaMs >= passedMs * LIVE_SHARE;
    return this.done;
  }

  get caughtUp(): boolean {
    return this.done;
  }
}
