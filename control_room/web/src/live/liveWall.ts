/** One session of a wall while it lasts: who sits where, what comes, and whether it is still worth keeping. */
import { asProblem } from "../api/problem";
import type { Told } from "../i18n/words";
import type { Cause } from "./reason";
import { Seating } from "./seating";
import { STALE_AFTER_MS } from "./staleness";
import type { TileStanding } from "./standing";
import type { ReceiverCounts, TileLink } from "./tileLink";
import type { TileCounts, TileWish, WallSession } from "./wallSession";

const REPORT_MS = 2000;
/** Pictures that stand still: the server is asked why this often. */
const ASK_WHY_MS = 1000;
/** A sound connection may wait long for cameras that come back; it is renewed where the server knows no reason. */
const SILENT_MS = 15_000;
/** A connection whose path is gone is given up sooner. */
export const CUT_MS = 3000;

export type Tiles = ReadonlyMap<string, TileLink>;

/** `away` says that the server itself is gone. */
export interface End {
  cause: Cause;
  away: boolean;
}

const lost: End = { cause: "lost", away: false };

export class LiveWall {
  readonly seating: Seating;
  private readonly sizes = new Map<string, string>();
  private readonly openedMs = performance.now();
  private askedMs = performance.now();
  private restartedMs: number | null = null;
  readonly session: WallSession;
  private readonly tiles: Tiles;
  /** Told of a camera whose right has ended. */
  private readonly withdrawn: (camera: string, told: Told) => void;

  constructor(session: WallSession, tiles: Tiles, withdrawn: (camera: string, told: Told) => void) {
    this.session = session;
    this.tiles = tiles;
    this.withdrawn = withdrawn;
    this.seating = new Seating(session.seats.length);
  }

  /** Gives a camera a seat; what to ask of the server then, null without a free one. */
  sit(camera: string, path: string): TileWish | null {
    const nowMs = performance.now();
    const number = this.seating.take(camera, nowMs);
    const seat = number === null ? undefined : this.session.seats[number];
    const tile = this.tiles.get(camera);
    if (seat === undefined || tile === undefined) return null;
    tile.follow(seat.stream, nowMs);
    this.sizes.set(camera, sizeOf(tile));
    return { mid: seat.mid, camera: path, ...tile.size };
  }

  /** Takes a camera's seat back; what to ask of the server then. */
  stand(camera: string): TileWish[] {
    const mid = this.midOf(camera);
    this.seating.leave(camera, performance.now());
    this.sizes.delete(camera);
    return mid === null ? [] : [{ mid, camera: null }];
  }

  /** The tiles that measure something else than the server was told. */
  newSizes(): TileWish[] {
    return this.seating.cameras().flatMap((camera) => {
      const tile = this.tiles.get(camera);
      const mid = this.midOf(camera);
      if (tile === undefined || mid === null || tile.size.width === 0 || this.sizes.get(camera) === sizeOf(tile)) return [];
      this.sizes.set(camera, sizeOf(tile));
      return [{ mid, ...tile.size }];
    });
  }

  /** Counts frames; gives whether every camera has some. */
  async sample(): Promise<boolean> {
    const counts = await receiverCounts(this.session);
    const nowMs = performance.now();
    counts.forEach((one, seat) => this.seating.counted(seat, one.framesDecoded, nowMs));
    let all = true;
    for (const camera of this.seating.cameras()) {
      const seat = this.seating.seatOf(camera);
      const counted = seat === null ? undefined : counts.get(seat);
      const tile = this.tiles.get(camera);
      if (counted !== undefined) tile?.sampled(counted, nowMs);
      all &&= tile?.carried === true;
    }
    return all;
  }

  /** Why the session is given up, null while it is not. */
  async check(): Promise<End | null> {
    const nowMs = performance.now();
    const silentMs = nowMs - this.lastLiveMs();
    const still = silentMs > STALE_AFTER_MS;
    if (nowMs - this.askedMs >= (still ? ASK_WHY_MS : REPORT_MS)) {
      this.askedMs = nowMs;
      const end = await this.report(still);
      if (end !== null) return end;
    }
    const state = this.session.connection.connectionState;
    if (state === "closed") return lost;
    if (state === "failed" || state === "disconnected") return this.anotherPath(nowMs);
    if (state !== "connected") return silentMs > CUT_MS ? { cause: "network", away: false } : null;
    this.restartedMs = null;
    return silentMs > SILENT_MS && !this.isExplained() ? { cause: "silent", away: false } : null;
  }

  private async report(still: boolean): Promise<End | null> {
    try {
      const standing = await this.session.report(this.counts());
      for (const tile of standing.tiles) this.heard(tile, (link) => link.set({ standing: tile, path: standing }));
      return null;
    } catch (error) {
      const { status } = asProblem(error);
      if (status >= 400 && status < 500) return lost;
      // No pictures and no answer: that server is gone, and another one may serve.
      return still ? { cause: "network", away: true } : null;
    }
  }

  private heard(standing: TileStanding, tell: (link: TileLink) => void): void {
    const camera = this.seating.cameras().find((one) => this.midOf(one) === standing.mid);
    const link = camera === undefined ? undefined : this.tiles.get(camera);
    if (camera === undefined || link === undefined) return;
    if (standing.stale !== "right") {
      tell(link);
      return;
    }
    this.seating.leave(camera, performance.now());
    this.withdrawn(camera, { text: standing.reason, why: standing.why });
  }

  /** The path is gone: perhaps the browser has another one to the same server. */
  private async anotherPath(nowMs: number): Promise<End | null> {
    if (this.restartedMs !== null) return nowMs - this.restartedMs > CUT_MS ? lost : null;
    this.restartedMs = nowMs;
    try {
      await this.session.restart();
      return null;
    } catch {
      return lost;
    }
  }

  private midOf(camera: string): string | null {
    const seat = this.seating.seatOf(camera);
    return seat === null ? null : (this.session.seats[seat]?.mid ?? null);
  }

  private lastLiveMs(): number {
    const times = this.seating.cameras().map((camera) => this.tiles.get(camera)?.watch.lastLiveMs ?? 0);
    return Math.max(this.openedMs, ...times);
  }

  private isExplained(): boolean {
    return this.seating.cameras().every((camera) => (this.tiles.get(camera)?.snapshot().standing?.stale ?? null) !== null);
  }

  /** What is told to the mux of the cameras that are shown. */
  private counts(): TileCounts[] {
    return this.seating.cameras().flatMap((camera) => {
      const mid = this.midOf(camera);
      const known = this.tiles.get(camera)?.snapshot();
      if (mid === null || known?.counts == null) return [];
      const { counts, firstFrameMs } = known;
      return [{ mid, freezes: counts.freezes, freeze_ms: counts.freezeMs, first_frame_ms: firstFrameMs, dropped: counts.framesDropped }];
    });
  }
}

const sizeOf = (tile: TileLink): string => `${tile.size.width}x${tile.size.height}`;

/** What the browser has counted, by seat; a seat nothing has come to is missing. */
async function receiverCounts({ connection, seats }: WallSession): Promise<Map<number, ReceiverCounts>> {
  const found = new Map<number, ReceiverCounts>();
  const report = await connection.getStats();
  for (const stats of report.values() as Iterable<Record<string, unknown>>) {
    if (stats["type"] !== "inbound-rtp" || stats["kind"] !== "video") continue;
    const seat = seats.findIndex(({ mid }) => mid === stats["mid"]);
    if (seat < 0) continue;
    found.set(seat, {
      framesDecoded: Number(stats["framesDecoded"] ?? 0),
      framesDropped: Number(stats["framesDropped"] ?? 0),
      bytes: Number(stats["bytesReceived"] ?? 0),
      freezes: Number(stats["freezeCount"] ?? 0),
      freezeMs: Number(stats["totalFreezesDuration"] ?? 0) * 1000,
      rtpTimestamp: seats[seat]?.receiver.getSynchronizationSources()[0]?.rtpTimestamp ?? null,
    });
  }
  return found;
}
