/**
 * Holds players of several cameras at one instant. Each has its own media timeline, which is its recording's UTC: one
 * player leads, the others are brought to its instant, by their rate where little is amiss, else by a seek.
 */
import type { Player } from "./player";
import { mannerOf } from "./shuttle";

export const MOST_CAMERAS = 9;
/** Below this nobody sees it, and pictures do not come more exactly. */
const CALM_MS = 15;
/** Above it a change of rate would be seen for long. */
const SEEK_MS = 400;
const MOST_TRIM = 0.2;
/** How far a player that loads may be left behind before it is told where to load instead. */
const PATIENCE_MS = 3000;
const EVERY_MS = 100;

export type Correction = { kind: "none" } | { kind: "rate"; factor: number } | { kind: "seek" };

/** What brings a player that is `behindMs` late (negative: early) to its place. */
export function correctionOf(behindMs: number, plays: boolean): Correction {
  const amiss = Math.abs(behindMs);
  if (amiss <= CALM_MS) return { kind: "none" };
  if (!plays || amiss > SEEK_MS) return { kind: "seek" };
  return { kind: "rate", factor: 1 + Math.max(-MOST_TRIM, Math.min(MOST_TRIM, behindMs / 1000)) };
}

export interface Offset {
  /** How much later than the leader's the picture of this player is, in ms. */
  ms: number;
}

/** Keeps `follower` at the instant of `leader` until it is told to stop; `told` hears how far it is off. */
export function follow(leader: Player, follower: Player, told: (offset: Offset | null) => void): () => void {
  const turn = () => {
    const { playing, rate, backward } = leader.snapshot();
    const mine = follower.snapshot();
    if (mine.playing !== playing) follower.setPlaying(playing);
    if (mine.rate !== rate || mine.backward !== backward) follower.steer({ rate, backward });
    const behindMs = leader.positionMs - follower.positionMs;
    if (!follower.settled) {
      told(null);
      return;
    }
    const shows = follower.has(follower.positionMs);
    const recorded = mine.listing?.ranges.some((range) => leader.positionMs >= range.from && leader.positionMs < range.to) ?? false;
    told(recorded && shows ? { ms: -behindMs } : null);
    const correction = correctionOf(behindMs, mannerOf({ playing, rate, backward }) === "played" && playing);
    follower.trim = correction.kind === "rate" ? correction.factor : 1;
    // In a hole there is nothing to show; what is being loaded is not asked for again and again.
    if (correction.kind === "seek" && recorded && (shows || Math.abs(behindMs) > PATIENCE_MS)) follower.seek(leader.positionMs);
  };
  const timer = window.setInterval(turn, EVERY_MS);
  return () => window.clearInterval(timer);
}
