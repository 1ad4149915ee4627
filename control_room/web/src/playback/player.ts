/** Plays one stream's recordings of a range: asks for what the planner wants, and says what is shown. */
import { asProblem, isAbort, type Problem } from "../api/problem";
import { Backoff } from "../live/backoff";
import { steppedTime } from "./frames";
import { merged, plan, spanAt, TOLERANCE_MS, type Span } from "./planner";
import { apartS, mannerOf, moved, shuttlePlan, type Manner } from "./shuttle";
import { Sink } from "./sink";
import { BASE_MARGIN_MS, EDGE_RETRY_MS, JUMP_SHOWN_MS, MOVE_MS, START, Store, TICK_MS, UNKNOWN_STEP_S, type PlayerState } from "./state";
import { Listings, type Media, type Recordings } from "./storage";


export class Player {
  private readonly store = new Store<PlayerState>(START);
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff(1000, 10_000);
  private readonly sink: Sink;
  private readonly video: HTMLVideoElement;
  private readonly recordings: Recordings;
  private readonly listings: Listings;
  private readonly range: Span;
  private wantedMs: number;
  private fetching: AbortController | null = null;
  private nextFootageMs: number | null = null;
  private coveredMs: number | null = null;
  private endMs: number;
  private notBeforeMs = 0;
  private jumpedAtMs = 0;
  private times: number[] = [];
  private stepFrom: number | null = null;
  private manner: Manner = "played";
  /** What is buffered is of another manner: key pictures where all are wanted, or the other way round. */
  private stale = false;
  private movedAtMs = 0;
  private mover = 0;
  private readonly timer: number;
  private frameHandle = 0;

  /** By how much it is played faster, to come to the instant of another camera's. */
  trim = 1;
  /** One that follows another waits in a hole where one that leads passes over it. */
  private readonly follows: boolean;

  constructor(video: HTMLVideoElement, recordings: Recordings, range: Span, follows = false) {
    this.follows = follows;
    this.video = video;
    this.recordings = recordings;
    this.listings = new Listings(recordings, range);
    this.range = range;
    this.wantedMs = range.from;
    this.endMs = range.to;
    this.sink = new Sink(video, range.from - BASE_MARGIN_MS, range.to);
    video.addEventListener("loadedmetadata", this.onMetadata);
    this.frameHandle = video.requestVideoFrameCallback(this.onFrame);
    this.timer = window.setInterval(() => void this.tick(), TICK_MS);
    void this.tick();
  }

  private readonly set = this.store.set;
  readonly snapshot = this.store.snapshot;
  readonly subscribe = this.store.subscribe;

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

  get positionMs(): number {
    const sought = this.video.readyState === 0 || this.video.seeking || this.manner !== "played";
    return sought ? this.wantedMs : this.sink.ofMedia(this.video.currentTime);
  }

  get settled(): boolean {
    return this.video.readyState > 0 && !this.video.seeking;
  }

  has(ms: number): boolean {
    return spanAt(this.buffered(), ms) !== null;
  }

  setPlaying(playing: boolean): void {
    this.steer({ playing, edge: playing ? "none" : this.state.edge });
    if (playing && this.state.edge === "none") void this.tick();
  }

  seek(toMs: number): void {
    const target = Math.min(Math.max(toMs, this.range.from), this.range.to - 1);
    this.wantedMs = target;
    this.endMs = this.range.to;
    this.nextFootageMs = this.coveredMs = this.stepFrom = null;
    this.notBeforeMs = 0;
    this.set({ jump: null, edge: "none", problem: null });
    if (!this.has(target)) {
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
    this.seek(this.sink.ofMedia((found ?? at + direction * UNKNOWN_STEP_S) + 0.001));
    // The frame before is known once what lies before is there.
    this.stepFrom = found === null && direction === -1 ? at : null;
  }

  private readonly onMetadata = () => void (this.video.currentTime = this.sink.toMedia(this.wantedMs));

  private readonly onFrame: VideoFrameRequestCallback = (_, metadata) => {
    const over = this.state.jump !== null && performance.now() - this.jumpedAtMs > JUMP_SHOWN_MS;
    this.set({ shownMs: this.sink.ofMedia(metadata.mediaTime), loading: false, ...(over ? { jump: null } : {}) });
    this.frameHandle = this.video.requestVideoFrameCallback(this.onFrame);
  };

  private get ranges(): readonly Span[] {
    return this.state.listing?.ranges ?? [];
  }

  private get state(): PlayerState {
    return this.store.snapshot();
  }

  /** Takes up what the person wants, in another manner of showing pictures where that needs one. */
  steer(change: Partial<PlayerState>): void {
    this.set({ edge: "none", ...change });
    const [before, manner] = [this.manner, mannerOf(this.state)];
    if (manner !== before) this.change(before, manner);
    this.drive();
  }

  private change(before: Manner, manner: Manner): void {
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
    if (this.stale || this.video.seeking || this.video.readyState === 0 || !this.has(this.wantedMs)) return;
    const { rate, backward } = this.state;
    const next = moved(this.wantedMs, (backward ? -rate : rate) * Math.min(now - before, 500), this.ranges);
    // At the newest picture it goes on as the recording does, at the oldest it stands.
    if (next === null) {
      if (!this.follows) this.steer(backward ? { playing: false } : { rate: 1 });
      return;
    }
    this.wantedMs = next;
    const at = this.times.findLast((time) => time <= this.sink.toMedia(next));
    if (at !== undefined && Math.abs(this.video.currentTime - at) > 0.002 && this.has(next)) this.video.currentTime = at + 0.001;
  }

  private async shuttle(signal: AbortSignal): Promise<void> {
    const step = shuttlePlan(this.wantedMs, this.state, this.buffered(), this.ranges, this.coveredMs);
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
    this.video.playbackRate = this.state.rate * this.trim;
    if (this.state.playing && this.video.paused && this.video.readyState > 0) void this.video.play().catch(() => undefined);
    if (!this.state.playing && !this.video.paused) this.video.pause();
  }

  /** Where the next picture is wanted. A stalled element stops a little before the end of its buffer. */
  private playheadMs(): number {
    const at = this.positionMs;
    if (!this.settled || this.manner !== "played") return at;
    const here = spanAt(this.buffered(), at);
    const stalled = this.video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    return here !== null && stalled && here.to - at < 2 * TOLERANCE_MS * this.state.rate ? here.to : at;
  }

  private async tick(): Promise<void> {
    if (this.fetching !== null || this.stopping.signal.aborted || performance.now() < this.notBeforeMs) return;
    const controller = (this.fetching = new AbortController());
    try {
      const listing = await this.listings.fresh(controller.signal);
      if (listing !== null) this.set({ listing });
      await this.advance(controller.signal);
      if (this.state.problem !== null && this.notBeforeMs === 0) this.set({ problem: null });
    } catch (error) {
      if (!isAbort(error)) this.failed(asProblem(error));
    } finally {
      this.fetching = null;
      this.drive();
    }
    if (controller.signal.aborted) void this.tick();
  }

  private failed(problem: Problem): void {
    this.notBeforeMs = performance.now() + this.backoff.nextMs();
    this.set({ problem, loading: false });
    if (problem.status === 403) void this.sink.dropAll().catch(() => undefined);
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
        this.backoff.reset();
        break;
      case "drop":
        await this.sink.drop(step.from, step.to);
        break;
      case "jump":
        if (this.follows) break;
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
    await this.sink.put(media.data, media.codec, { from: this.sink.baseMs, to: playheadMs - 5000 });
    this.times = this.sink.heldTimes(this.times, media.data);
    const back = this.stepFrom === null ? null : steppedTime(this.times, this.stepFrom, -1);
    if (back !== null) this.seek(this.sink.ofMedia(back + 0.001));
    if (media.completeFrom !== null) this.set({ incomplete: merged([...this.state.incomplete, { from: media.from, to: media.completeFrom }]) });
    this.set({ codec: media.codec, recorded: media.recorded, clock: media.clock, wrongMs: media.wrongMs, edge: "none", problem: null });
    // Nothing new was there: what comes next is being written now.
    this.notBeforeMs = media.to <= askedFrom + TOLERANCE_MS ? performance.now() + EDGE_RETRY_MS : 0;
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
    if (!this.has(playheadMs)) this.set({ edge: growing ? "waiting" : "ended", loading: false });
  }

  private rest(playheadMs: number): void {
    if (playheadMs < this.endMs && this.has(playheadMs)) return;
    const ended = this.endMs < this.range.to || this.range.to <= Date.now();
    const edge = ended ? "ended" : "waiting";
    if (this.state.edge !== edge) this.set({ edge, loading: false });
  }
}
