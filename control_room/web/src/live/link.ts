/**
 * Keeps one camera's picture coming: ticket, WHEP, and again for ever after a failure.
 * Holds no React; a tile reads `snapshot()` and is told of changes.
 */
import { asProblem, isAbort, type Problem } from "../api/problem";
import type { LiveTicket } from "../api/types";
import { Backoff } from "./backoff";
import { causeOf, type Asked, type Cause } from "./reason";
import { FrameWatch, STALE_AFTER_MS } from "./staleness";
import { openWhep, receiverCounts, type WhepSession } from "./whep";

export type Phase = "asking" | "connecting" | "connected" | "waiting";

export interface Snapshot {
  phase: Phase;
  /** What to show; stays the old one until a new connection carries pictures. */
  stream: MediaStream | null;
  cause: Cause | null;
  /** What the server said of the failure. */
  detail: string;
  /** Monotonic ms of the next attempt, while waiting. */
  nextTryMs: number | null;
}

export type OpenTicket = (camera: string, signal: AbortSignal) => Promise<LiveTicket>;

const SAMPLE_MS = 500;
/** A sound connection may wait long for a camera that comes back; it is renewed in case the server forgot it. */
const SILENT_MS = 15_000;
/** A connection whose path is gone is given up sooner. */
const CUT_MS = 3000;
/** The shortest wait where the answer will hardly change by itself. */
const LASTING_MS = 10_000;
/** A ticket this close to its end is not worth a try. */
const TICKET_MARGIN_MS = 5000;

export class LiveLink {
  readonly watch = new FrameWatch();
  private state: Snapshot = { phase: "asking", stream: null, cause: null, detail: "", nextTryMs: null };
  private readonly listeners = new Set<() => void>();
  private readonly backoff = new Backoff();
  private readonly stopping = new AbortController();
  private readonly camera: string;
  private readonly openTicket: OpenTicket;
  private ticket: LiveTicket | null = null;
  private shown: WhepSession | null = null;
  private followed: MediaStream | null = null;
  private wake: () => void = () => undefined;

  constructor(camera: string, openTicket: OpenTicket) {
    this.camera = camera;
    this.openTicket = openTicket;
    void this.run();
  }

  readonly snapshot = (): Snapshot => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A frame of `stream` is on screen. The one shown until a new connection carries pictures does not count. */
  presented(stream: MediaStream, atMs: number, rtpTimestamp: number | undefined): void {
    if (stream === this.followed) this.watch.presented(atMs, rtpTimestamp);
  }

  /** Something got better: an attempt that is waited for is made now. */
  kick(): void {
    if (this.state.phase === "waiting") this.wake();
  }

  stop(): void {
    this.stopping.abort();
    this.wake();
    this.shown?.close();
    this.shown = null;
    this.listeners.clear();
  }

  private set(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener());
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let asked: Asked = "control";
      let cause: Cause;
      let detail = "";
      try {
        this.set({ phase: "asking", nextTryMs: null });
        const ticket = await this.freshTicket();
        asked = "mux";
        this.set({ phase: "connecting" });
        const session = await openWhep(ticket.url, ticket.ticket, this.stopping.signal);
        cause = await this.follow(session);
      } catch (error) {
        if (isAbort(error)) return;
        const problem = asProblem(error);
        cause = causeOf(problem, asked);
        detail = problem.status === 0 ? "" : problem.message;
        this.failed(problem);
      }
      await this.pause(cause, detail);
    }
  }

  /** A ticket serves several attempts while it lasts: each new one is another line in the journal. */
  private async freshTicket(): Promise<LiveTicket> {
    if (this.ticket === null || Date.parse(this.ticket.until) < Date.now() + TICKET_MARGIN_MS) {
      this.ticket = null;
      this.ticket = await this.openTicket(this.camera, this.stopping.signal);
    }
    return this.ticket;
  }

  /** Whoever may not see any more sees nothing, not even the last picture. */
  private failed(problem: Problem): void {
    if (problem.status === 0 || problem.status >= 500) return;
    this.ticket = null;
    this.shown?.close();
    this.shown = null;
    this.set({ stream: null });
  }

  private async pause(cause: Cause, detail: string): Promise<void> {
    const lasting = cause === "refused" || cause === "gone" || cause === "codec";
    if (cause === "silent") this.backoff.reset();
    const waitMs = lasting ? Math.max(this.backoff.nextMs(), LASTING_MS) : this.backoff.nextMs();
    this.set({ phase: "waiting", cause, detail, nextTryMs: performance.now() + waitMs });
    await this.sleep(waitMs);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        window.clearTimeout(timer);
        this.wake = () => undefined;
        resolve();
      };
      const timer = window.setTimeout(done, ms);
      this.wake = done;
    });
  }

  /** Watches a session until it is lost. The picture before it is shown until the first frame of the new one. */
  private async follow(session: WhepSession): Promise<Cause> {
    const openedMs = performance.now();
    if (this.shown === null) this.show(session);
    this.watch.reconnected();
    this.followed = session.stream;
    let frames = 0;
    try {
      for (;;) {
        const counts = await receiverCounts(session.connection);
        const nowMs = performance.now();
        if (counts !== null) {
          this.watch.sampled({ atMs: nowMs, ...counts });
          if (counts.framesDecoded > frames) this.carried(session);
          frames = counts.framesDecoded;
        }
        if (this.stopping.signal.aborted) return "lost";
        const ended = this.endOf(session, nowMs - Math.max(openedMs, this.watch.lastLiveMs ?? 0));
        if (ended !== null) return ended;
        await this.sleep(frames === 0 ? SAMPLE_MS / 5 : SAMPLE_MS);
      }
    } finally {
      session.close();
    }
  }

  /** Why a session that has been silent for `silentMs` is given up, null while it is not. */
  private endOf(session: WhepSession, silentMs: number): Cause | null {
    const state = session.connection.connectionState;
    if (state === "failed" || state === "closed") return "lost";
    if (state === "connected") return silentMs > SILENT_MS ? "silent" : null;
    if (state === "disconnected" && this.state.cause === null && silentMs > STALE_AFTER_MS) this.set({ cause: "lost" });
    return silentMs > CUT_MS ? (state === "disconnected" ? "lost" : "network") : null;
  }

  private carried(session: WhepSession): void {
    if (this.shown !== session) this.show(session);
    if (this.state.phase === "connected" && this.state.cause === null) return;
    this.backoff.reset();
    this.set({ phase: "connected", cause: null, detail: "", nextTryMs: null });
  }

  private show(session: WhepSession): void {
    const before = this.shown;
    this.shown = session;
    this.set({ stream: session.stream });
    before?.close();
  }
}
