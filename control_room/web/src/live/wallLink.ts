/**
 * Keeps a wall's pictures coming: one ticket and one connection for all its cameras, and again for ever after a
 * failure, at another server where the one before is lost. Holds no React; tiles read their own `TileLink`.
 */
import { asProblem, toldOf, type Problem } from "../api/problem";
import type { WallTicket } from "../api/types";
import { NOTHING, type Told } from "../i18n/words";
import { Backoff } from "./backoff";
import { CUT_MS, LiveWall } from "./liveWall";
import { causeOf, type Asked, type Cause } from "./reason";
import { Seating } from "./seating";
import { TileLink } from "./tileLink";
import { openWallSession, type TileWish, type WallSession } from "./wallSession";

export type OpenTicket = (cameras: string[], avoid: string | null, signal: AbortSignal) => Promise<WallTicket>;

const SAMPLE_MS = 500;
/** The shortest wait where the answer will hardly change by itself. */
const LASTING_MS = 10_000;
/** A ticket this close to its end is not worth a try. */
const TICKET_MARGIN_MS = 5000;
/** A wall nobody looks at gives its connection back. */
const UNUSED_MS = 10_000;

/** Why a session ended: a failure, or a better one is needed, or none. */
type Outcome = Cause | "more" | "unused";

export class WallLink {
  private readonly tiles = new Map<string, TileLink>();
  private wanted: readonly string[] = [];
  private places = 1;
  private usedMs = 0;
  private readonly paths = new Map<string, string>();
  /** Cameras that were refused, and when they are asked for again. */
  private readonly refused = new Map<string, number>();
  private readonly backoff = new Backoff();
  private readonly stopping = new AbortController();
  private readonly openTicket: OpenTicket;
  private ticket: { asked: string; answer: WallTicket } | null = null;
  private avoid: string | null = null;
  /** The session before, whose pictures are shown until the new one carries. */
  private before: WallSession | null = null;
  private asked: Asked = "control";
  private waiting = false;
  private wake: () => void = () => undefined;

  constructor(openTicket: OpenTicket) {
    this.openTicket = openTicket;
    void this.run();
  }

  tile(camera: string): TileLink {
    const known = this.tiles.get(camera);
    if (known !== undefined) return known;
    const made = new TileLink();
    this.tiles.set(camera, made);
    return made;
  }

  /** The cameras to show, of a wall with so many places. */
  want(cameras: readonly string[], places: number): void {
    this.wanted = cameras;
    this.places = places;
    cameras.forEach((camera) => this.tile(camera));
    this.wake();
  }

  /** A tile measures so many device pixels. */
  resize(camera: string, width: number, height: number): void {
    this.tile(camera).size = { width, height };
  }

  /** Something got better for a camera, or for all: an attempt that is waited for is made now. */
  kick(camera?: string): void {
    if (camera !== undefined && !this.refused.delete(camera) && !this.waiting) return;
    this.wake();
  }

  stop(): void {
    this.stopping.abort();
    this.wake();
    this.letGo();
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private isDue(camera: string): boolean {
    return (this.refused.get(camera) ?? 0) <= performance.now();
  }

  private letGo(): void {
    this.before?.close();
    this.before = null;
  }

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      const cameras = this.wanted.filter((camera) => this.isDue(camera));
      if (cameras.length === 0) {
        await this.sleep(this.wanted.length === 0 ? UNUSED_MS : SAMPLE_MS);
        continue;
      }
      let outcome: Outcome | null;
      let told = NOTHING;
      try {
        const wall = await this.open(cameras);
        outcome = wall === null ? null : await this.follow(wall);
      } catch (error) {
        if (this.isStopped()) return;
        const problem = asProblem(error);
        outcome = causeOf(problem, this.asked);
        told = toldOf(problem);
        this.failed(problem);
      }
      if (outcome !== null && outcome !== "more" && outcome !== "unused") await this.pause(outcome, told);
    }
  }

  /** A session with a seat for each of the cameras that may be shown; null where none may. */
  private async open(cameras: string[]): Promise<LiveWall | null> {
    this.asked = "control";
    cameras.forEach((camera) => this.tile(camera).set({ phase: "asking", nextTryMs: null }));
    const answer = await this.ticketFor(cameras);
    const granted = this.heard(answer);
    if (answer.ticket === null || answer.url === null || granted.length === 0) return null;
    this.asked = "mux";
    granted.forEach((camera) => this.tile(camera).set({ phase: "connecting" }));
    const sections = Seating.enoughFor(Math.max(this.places, granted.length));
    const session = await openWallSession(answer.url, answer.ticket, sections, iceOf(answer), this.stopping.signal).catch(
      (error: unknown) => {
        if (asProblem(error).status === 0) this.avoid = answer.mux;
        throw error;
      },
    );
    const wall = new LiveWall(session, this.tiles, (camera, told) => this.refuse(camera, told));
    // The server gives the first sections to the ticket's cameras in order, and so does an empty seating.
    granted.forEach((camera) => wall.sit(camera, this.paths.get(camera) ?? ""));
    return wall;
  }

  /** A ticket serves several attempts while it lasts: each new one is another line a camera in the journal. */
  private async ticketFor(cameras: string[]): Promise<WallTicket> {
    const asked = cameras.join();
    const known = this.ticket;
    const lasts = known !== null && Date.parse(known.answer.until ?? "") > Date.now() + TICKET_MARGIN_MS;
    if (lasts && known.asked === asked && known.answer.mux !== this.avoid) return known.answer;
    this.ticket = null;
    const answer = await this.openTicket(cameras, this.avoid, this.stopping.signal);
    this.ticket = { asked, answer };
    return answer;
  }

  /** Takes what was decided of each camera; those granted, in the ticket's order. */
  private heard(answer: WallTicket): string[] {
    const granted: string[] = [];
    for (const { id, path, refused, why } of answer.cameras) {
      if (path === null) this.refuse(id, { text: refused ?? "", why: why ?? null });
      else {
        this.paths.set(id, path);
        this.refused.delete(id);
        granted.push(id);
      }
    }
    return granted;
  }

  private refuse(camera: string, told: Told): void {
    const againMs = performance.now() + LASTING_MS;
    this.refused.set(camera, againMs);
    this.ticket = null;
    this.tiles.get(camera)?.clear({ phase: "waiting", cause: "refused", told, nextTryMs: againMs });
  }

  /** Watches a session until it is lost, too small or of no use. */
  private async follow(wall: LiveWall): Promise<Outcome> {
    let kept = false;
    this.usedMs = performance.now();
    try {
      for (;;) {
        const all = await wall.sample();
        if (this.isStopped()) return "lost";
        if (all) {
          this.letGo();
          this.backoff.reset();
          this.avoid = null;
        }
        const change = await this.rearrange(wall);
        kept = change === "more";
        if (change !== null) return change;
        const end = await wall.check();
        if (end?.away === true) this.avoid = this.ticket?.answer.mux ?? this.avoid;
        if (end !== null) return end.cause;
        await this.sleep(all ? SAMPLE_MS : SAMPLE_MS / 5);
      }
    } finally {
      if (kept) {
        this.letGo();
        this.before = wall.session;
      } else wall.session.close();
    }
  }

  /** Makes the seats those of the cameras wanted, and tells new sizes. */
  private async rearrange(wall: LiveWall): Promise<"more" | "unused" | null> {
    const nowMs = performance.now();
    if (this.wanted.length > 0) this.usedMs = nowMs;
    else if (nowMs - this.usedMs > UNUSED_MS) return "unused";
    if (this.wanted.length > wall.seating.count) return "more";
    const leaving = wall.seating.cameras().filter((camera) => !this.wanted.includes(camera));
    const wishes = leaving.flatMap((camera) => wall.stand(camera));
    leaving.forEach((camera) => this.tiles.delete(camera));
    const coming = this.wanted.filter((camera) => wall.seating.seatOf(camera) === null && this.isDue(camera));
    const seated = await this.seat(wall, coming.slice(0, wall.seating.free(nowMs)));
    wishes.push(...seated.wishes, ...wall.newSizes());
    if (wishes.length > 0) await wall.session.arrange(wishes, seated.ticket);
    return null;
  }

  private async seat(wall: LiveWall, cameras: string[]): Promise<{ wishes: TileWish[]; ticket: string | null }> {
    if (cameras.length === 0) return { wishes: [], ticket: null };
    try {
      const answer = await this.openTicket(cameras, this.avoid, this.stopping.signal);
      const granted = this.heard(answer).filter((camera) => this.wanted.includes(camera));
      return { wishes: granted.flatMap((camera) => wall.sit(camera, this.paths.get(camera) ?? "") ?? []), ticket: answer.ticket };
    } catch (error) {
      if (this.isStopped()) throw error;
      // The pictures that run go on: only those to come have to wait.
      const problem = asProblem(error);
      const nextTryMs = performance.now() + (problem.status === 0 ? CUT_MS : LASTING_MS);
      const told = toldOf(problem);
      for (const camera of cameras) {
        this.refused.set(camera, nextTryMs);
        this.tiles.get(camera)?.set({ phase: "waiting", cause: causeOf(problem, "control"), told, nextTryMs });
      }
      return { wishes: [], ticket: null };
    }
  }

  /** Whoever may not see any more sees nothing, not even the last picture. */
  private failed(problem: Problem): void {
    if (problem.status === 0 || problem.status >= 500) return;
    this.ticket = null;
    this.letGo();
    this.tiles.forEach((tile) => tile.clear({}));
  }

  private async pause(cause: Cause, told: Told): Promise<void> {
    const lasting = cause === "refused" || cause === "gone" || cause === "codec";
    if (cause === "silent") this.backoff.reset();
    const waitMs = lasting ? Math.max(this.backoff.nextMs(), LASTING_MS) : this.backoff.nextMs();
    const nextTryMs = performance.now() + waitMs;
    this.tiles.forEach((tile, camera) => {
      if (this.isDue(camera)) tile.set({ phase: "waiting", cause, told, nextTryMs, standing: null });
    });
    this.waiting = true;
    await this.sleep(waitMs);
    this.waiting = false;
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
}

const iceOf = (answer: WallTicket): RTCIceServer[] =>
  answer.ice_servers.map(({ urls, username, credential }) => ({
    urls, ...(username == null ? {} : { username }), ...(credential == null ? {} : { credential }),
  }));
