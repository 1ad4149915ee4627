/** Media Source Extensions behind a small door: append, drop, and what is buffered, in UTC ms. */
import { Problem } from "../api/problem";
import { frameTimes, mergedTimes } from "./frames";
import type { Span } from "./planner";

const typeOf = (codec: string): string => `video/mp4; codecs="${codec}"`;

/** Whether this browser plays recordings of a codec, by its RFC 6381 name. */
export const plays = (codec: string): boolean => MediaSource.isTypeSupported(typeOf(codec));

export class Sink {
  readonly baseMs: number;
  private readonly video: HTMLVideoElement;
  private readonly source = new MediaSource();
  private readonly opened: Promise<void>;
  private readonly address: string;
  private readonly endMs: number;
  private buffer: SourceBuffer | null = null;
  private type = "";

  constructor(video: HTMLVideoElement, baseMs: number, endMs: number) {
    this.video = video;
    this.baseMs = baseMs;
    this.endMs = endMs;
    this.address = URL.createObjectURL(this.source);
    this.opened = new Promise((resolve) => this.source.addEventListener("sourceopen", () => resolve(), { once: true }));
    video.src = this.address;
  }

  toMedia(ms: number): number {
    return (ms - this.baseMs) / 1000;
  }

  ofMedia(seconds: number): number {
    return this.baseMs + seconds * 1000;
  }

  buffered(): Span[] {
    const ranges = this.buffer?.buffered;
    if (ranges === undefined) return [];
    return Array.from({ length: ranges.length }, (_, i) => ({
      from: this.ofMedia(ranges.start(i)),
      to: this.ofMedia(ranges.end(i)),
    }));
  }

  /** Throws a Problem where the browser cannot play the codec, QuotaExceededError where its buffer is full. */
  async append(data: ArrayBuffer, codec: string): Promise<void> {
    await this.opened;
    const type = typeOf(codec);
    if (!plays(codec)) throw new Problem(415, codec, "codec");
    if (this.buffer === null) {
      this.buffer = this.source.addSourceBuffer(type);
      this.source.duration = this.toMedia(this.endMs);
    } else if (type !== this.type) {
      this.buffer.changeType(type);
    }
    this.type = type;
    await this.done(this.buffer, (buffer) => buffer.appendBuffer(data));
  }

  /** Appends; where the buffer is full it gives up a span first, once. */
  async put(data: ArrayBuffer, codec: string, spare: Span): Promise<void> {
    try {
      await this.append(data, codec);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await this.drop(spare.from, spare.to);
      await this.append(data, codec);
    }
  }

  /** When the frames that are held are shown: those known before, and those of what was appended now. */
  heldTimes(known: readonly number[], appended: ArrayBuffer): number[] {
    const buffered = this.buffered();
    const [first, last] = [buffered[0], buffered.at(-1)];
    if (first === undefined || last === undefined) return [...known];
    return mergedTimes(known, frameTimes(appended), this.toMedia(first.from), this.toMedia(last.to));
  }

  async drop(from: number, to: number): Promise<void> {
    if (this.buffer === null || to <= from) return;
    await this.done(this.buffer, (buffer) => buffer.remove(Math.max(0, this.toMedia(from)), this.toMedia(to)));
  }

  async dropAll(): Promise<void> {
    await this.drop(this.baseMs, this.endMs);
  }

  close(): void {
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.address);
  }

  private done(buffer: SourceBuffer, work: (buffer: SourceBuffer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (event: Event) => {
        buffer.removeEventListener("updateend", settle);
        buffer.removeEventListener("error", settle);
        if (event.type === "error") reject(new Problem(422, "the browser could not read the pictures", "decode"));
        else resolve();
      };
      buffer.addEventListener("updateend", settle);
      buffer.addEventListener("error", settle);
      work(buffer);
    });
  }
}
