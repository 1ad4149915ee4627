/** Plays one stream's recordings of a range: asks for what the planner wants, and says what is shown. */
import { asProblem, isAbort, type Problem } from "../api/problem";
import { Backoff } from "../live/backoff";
import { frameTimes, mergedTimes, steppedTime } from "./frames";
import { merged, plan, spanAt, TOLERANCE_MS, type Span } from "./planner";
import { apartS, mannerOf, moved, shuttlePlan, type Manner } from "./shuttle";
import { Sink } from "./sink";
import type { Listing, Media, Recordings } from "./storage";

export interface PlayerState {
  /** UTC ms of the frame on screen. */
  shownMs: number | null;
  playing: boolean;
  rate: number;
  backward: boolean;
  /** Nothing to show yet at the playhead. */
  loading: boolean;
  /** All that is recorded has been shown; more may come. */
  edge: "none" | "waiting" | "ended";
  jump: Span | null;
  problem: Problem | null;
  codec: string;
  /** The codec of the recording where its pictures are shown converted, else "". */
  recorded: string;
  /** Where the pictures that are buffered, or were, are incomplete. */
  incomplete: readonly Span[];
  listing: Listing | null;
}

/** The first key frame may lie before the range: the media timeline starts earlier so that none is negative. */
const BASE_MARGIN_MS = 3_600_000;
const TICK_MS = 200;
const EDGE_RETRY_MS = 1000;
const LISTING_MS = 4000;
const JUMP_SHOWN_MS = 8000;
const MOVE_MS = 40;
export const RATES = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64] as const;

export class Player {
  private state: PlayerState = {
    shownMs: null, playing: true, rate: 1, backward: false, loading: true, edge: "none", jump: null, problem: null, codec: "", recorded: "",
    incomplete: [], listing: null,
  };
  private readonly listeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff(1000, 10_000);
  private readonly sink: Sink;
  private readonly video: HTMLVideoElement;
  private readonly recordings: Recordings;
  private readonly range: Span;
  private wantedMs: number;
  private fetching: AbortController | null = null;
  private nextFootageMs: number | null = null;
  private coveredMs: number | null = null;
  private endMs: number;
  private notBeforeMs = 0;
  private listedAtMs = -Infinity;
  private jumpedAtMs = 0;
  private times: number[] = [];
  private manner: Manner = "played";
  /** What is buffered is of another manner: key pictures where all are wanted, or the other way round. */
  private stale = false;
  private movedAtMs = 0;
  private mover = 0;
  private readonly timer: number;
  private frameHandle = 0;

  constructor(video: HTMLVideoElement, recordings: Recordings, range: Span) {
    this.video = video;
    this.recordings = recordings;
    this.range = range;
    this.wantedMs = range.from;
    this.endMs = range.to;
    this.sink = new Sink(video, range.from - BASE_MARGIN_MS, range.to);
    video.addEventListener("loadedmetadata", this.onMetadata);
    this.frameHandle = video.requestVideoFrameCallback(this.onFrame);
    this.timer = window.setInterval(() => void this.tick(), TICK_MS);
    void this.tick();
  }

  readonly snapshot = (): PlayerState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  close(): void {
    this.stopping.abort();
    this.fetching?.abort();
    window.clearInterval(this.timer);
    window.clearInterval(this.mover);
    this.video.cancelVideoFrameCallback(this.frameHandle);
    this.video.removeEventListener("loadedmetadata", this.onMetadata);
    this.sink.close();
  }

  buffered(): Span[] {
    return merged(this.sink.buffered());
  }

  setPlaying(playing: boolean): void {
    this.set({ playing, edge: playing ? "none" : this.state.edge });
    this.follow();
    if (playing && this.state.edge === "none") void this.tick();
    this.drive();
  }

  setRate(rate: number): void {
    this.set({ rate });
    this.follow();
    this.drive();
  }

  setBackward(backward: boolean): void {
    this.set({ backward, edge: "none" });
    this.follow();
    this.drive();
  }

  seek(toMs: number): void {
    const target = Math.min(Math.max(toMs, this.range.from), this.range.to - 1);
    this.wantedMs = target;
    this.endMs = this.range.to;
    this.nextFootageMs = null;
    this.coveredMs = null;
    this.notBeforeMs = 0;
    this.set({ jump: null, edge: "none", problem: null });
    if (spanAt(this.buffered(), target) === null) {
      this.fetching?.abort();
      this.set({ loading: true });
    }
    if (this.video.readyState > 0) this.video.currentTime = this.sink.toMedia(target);
    void this.tick();
  }

  /** Shows the frame before or after; beyond what is buffered, about a frame further. */
  step(direction: 1 | -1): void {
    this.setPlaying(false);
    const at = this.state.shownMs === null ? this.video.currentTime : this.sink.toMedia(this.state.shownMs);
    const found = steppedTime(this.times, at, direction);
    if (found === null) this.seek(this.sink.ofMedia(at + direction * 0.08));
    else this.video.currentTime = found + 0.001;
  }

  private readonly onMetadata = () => {
    this.video.currentTime = this.sink.toMedia(this.wantedMs);
  };

  private readonly onFrame: VideoFrameRequestCallback = (_, metadata) => {
    const over = this.state.jump !== null && performance.now() - this.jumpedAtMs > JUMP_SHOWN_MS;
    this.set({ shownMs: this.sink.ofMedia(metadata.mediaTime), loading: false, ...(over ? { jump: null } : {}) });
    this.frameHandle = this.video.requestVideoFrameCallback(this.onFrame);
  };

  private set(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }

  private stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Takes up another manner of showing pictures where what the person wants has changed it. */
  private follow(): void {
    const [before, manner] = [this.manner, mannerOf(this.state)];
    if (manner === before) return;
    this.manner = manner;
    this.stale ||= (before === "keys") !== (manner === "keys");
    this.wantedMs = this.state.shownMs ?? this.playheadMs();
    this.coveredMs = this.nextFootageMs = null;
    this.notBeforeMs = 0;
    this.fetching?.abort();
    window.clearInterval(this.mover);
    this.movedAtMs = performance.now();
    if (manner !== "played") this.mover = window.setInterval(() => this.move(), MOVE_MS);
    void this.tick();
  }

  /** Goes on to the next picture in the direction of travel, once the one before is there. */
  private move(): void {
    const [now, before] = [performance.now(), this.movedAtMs];
    this.movedAtMs = now;
    const ranges = this.state.listing?.ranges ?? [];
    const ready = !this.stale && !this.video.seeking && this.video.readyState > 0 && spanAt(this.buffered(), this.wantedMs) !== null;
    if (!ready) return;
    const { rate, backward } = this.state;
    const next = moved(this.wantedMs, (backward ? -rate : rate) * Math.min(now - before, 500), ranges);
    if (next === null) {
      if (backward) this.setPlaying(false);
      else this.setRate(1);
      return;
    }
    this.wantedMs = next;
    const at = this.times.findLast((time) => time <= this.sink.toMedia(next));
    if (at !== undefined && Math.abs(this.video.currentTime - at) > 0.002 && spanAt(this.buffered(), next) !== null) this.video.currentTime = at + 0.001;
  }

  private async shuttle(signal: AbortSignal): Promise<void> {
    const ranges = this.state.listing?.ranges ?? [];
    const step = shuttlePlan(this.wantedMs, this.state, this.buffered(), ranges, this.coveredMs);
    if (step.kind === "drop") await this.sink.drop(step.from, step.to);
    if (step.kind !== "fetch") return;
    const apart = this.manner === "keys" ? apartS(this.state.rate) : null;
    const media = await this.recordings.media(step, this.sink.baseMs, signal, apart);
    if (media.kind === "data") await this.take(media, step.from, this.wantedMs);
    this.notBeforeMs = media.kind === "data" && media.to > step.from ? 0 : performance.now() + EDGE_RETRY_MS;
    this.backoff.reset();
  }

  /** Brings the element in line with what the person wants. */
  private drive(): void {
    if (this.manner !== "played") {
      if (!this.video.paused) this.video.pause();
      return;
    }
    this.video.playbackRate = this.state.rate;
    if (this.state.playing && this.video.paused && this.video.readyState > 0) void this.video.play().catch(() => undefined);
    if (!this.state.playing && !this.video.paused) this.video.pause();
  }

  /** Where the next picture is wanted. A stalled element stops a little before the end of its buffer. */
  private playheadMs(): number {
    if (this.video.readyState === 0 || this.video.seeking || this.manner !== "played") return this.wantedMs;
    const at = this.sink.ofMedia(this.video.currentTime);
    const here = spanAt(this.buffered(), at);
    const stalled = this.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    return here !== null && stalled && here.to - at < 2 * TOLERANCE_MS * this.state.rate ? here.to : at;
  }

  private async tick(): Promise<void> {
    if (this.fetching !== null || this.stopped() || performance.now() < this.notBeforeMs) return;
    const controller = new AbortController();
    this.fetching = controller;
    try {
      await this.relist(controller.signal);
      await this.advance(controller.signal);
      if (this.state.problem !== null && this.notBeforeMs === 0) this.set({ problem: null });
    } catch (error) {
      if (!isAbort(error)) this.failed(asProblem(error));
    } finally {
      this.fetching = null;
      this.drive();
    }
    if (controller.signal.aborted && !this.stopped()) void this.tick();
  }

  private failed(problem: Problem): void {
    this.notBeforeMs = performance.now() + this.backoff.nextMs();
    this.set({ problem, loading: false });
    if (problem.status === 403) void this.sink.dropAll().catch(() => undefined);
  }

  private async relist(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.listedAtMs < LISTING_MS) return;
    if (this.state.listing !== null && this.range.to < (this.state.listing.until ?? 0)) return;
    const listing = await this.recordings.list(this.range, signal);
    this.listedAtMs = performance.now();
    this.set({ listing });
  }

  private async advance(signal: AbortSignal): Promise<void> {
    if (this.stale) {
      await this.sink.dropAll();
      this.times = [];
      this.stale = false;
    }
    if (this.manner !== "played") return this.shuttle(signal);
    const playheadMs = this.playheadMs();
    const step = plan({
      playheadMs,
      buffered: this.sink.buffered(),
      limitMs: Math.min(this.endMs, Date.now()),
      nextFootageMs: this.nextFootageMs,
      rate: this.state.rate,
      coveredMs: this.coveredMs,
    });
    switch (step.kind) {
      case "fetch":
        await this.take(await this.recordings.media(step, this.sink.baseMs, signal), step.from, playheadMs);
        this.notBeforeMs = Math.max(this.notBeforeMs, 0);
        this.backoff.reset();
        break;
      case "drop":
        await this.sink.drop(step.from, step.to);
        break;
      case "jump":
        this.set({ jump: { from: step.from, to: step.to } });
        this.jumpedAtMs = performance.now();
        this.nextFootageMs = null;
        this.wantedMs = step.to;
        this.video.currentTime = this.sink.toMedia(step.to) + 0.001;
        break;
      case "rest":
        this.rest(playheadMs);
    }
  }

  private async take(media: Media, askedFrom: number, playheadMs: number): Promise<void> {
    if (media.kind === "nothing") {
      this.nothing(media.next, askedFrom, playheadMs);
      return;
    }
    if (media.from > askedFrom + TOLERANCE_MS) this.nextFootageMs = media.from;
    this.coveredMs = media.to;
    const fresh = frameTimes(media.data);
    await this.put(media.data, media.codec, playheadMs);
    const buffered = this.sink.buffered();
    const [first, last] = [buffered[0], buffered.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.times = mergedTimes(this.times, fresh, this.sink.toMedia(first.from), this.sink.toMedia(last.to));
    }
    if (media.completeFrom !== null) this.set({ incomplete: merged([...this.state.incomplete, { from: media.from, to: media.completeFrom }]) });
    this.set({ codec: media.codec, recorded: media.recorded, edge: "none", problem: null });
    // Nothing new was there: what comes next is being written now.
    this.notBeforeMs = media.to <= askedFrom + TOLERANCE_MS ? performance.now() + EDGE_RETRY_MS : 0;
  }

  /** Appends; a full buffer gives up what lies behind, once. */
  private async put(data: ArrayBuffer, codec: string, playheadMs: number): Promise<void> {
    try {
      await this.sink.append(data, codec);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await this.sink.drop(this.range.from - BASE_MARGIN_MS, playheadMs - 5000);
      await this.sink.append(data, codec);
    }
  }

  private nothing(next: number | null, askedFrom: number, playheadMs: number): void {
    if (next !== null && next > askedFrom) {
      this.nextFootageMs = next;
      if (next >= this.range.to) this.endMs = askedFrom;
      return;
    }
    const growing = this.state.listing?.recording === true && this.range.to > Date.now() - EDGE_RETRY_MS;
    if (growing) this.notBeforeMs = performance.now() + EDGE_RETRY_MS;
    else this.endMs = askedFrom;
    if (spanAt(this.buffered(), playheadMs) === null) this.set({ edge: growing ? "waiting" : "ended", loading: false });
  }

  private rest(playheadMs: number): void {
    if (playheadMs < this.endMs && spanAt(this.buffered(), playheadMs) !== null) return;
    const ended = this.endMs < this.range.to || this.range.to <= Date.now();
    const edge = ended ? "ended" : "waiting";
    if (this.state.edge !== edge) this.set({ edge, loading: false });
  }
}
