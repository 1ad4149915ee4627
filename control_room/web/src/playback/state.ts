/** What a player says of itself, and whom it tells. */
import type { Problem } from "../api/problem";
import type { Span } from "./planner";
import type { Listing } from "./storage";

/** The first key frame may lie before the range: the media timeline starts earlier so that none is negative. */
export const BASE_MARGIN_MS = 3_600_000;
export const TICK_MS = 200;
export const EDGE_RETRY_MS = 1000;
export const JUMP_SHOWN_MS = 8000;
export const MOVE_MS = 40;
/** Further than a hole that browsers play over, so that what lies there is loaded. */
export const UNKNOWN_STEP_S = 0.2;
export const RATES = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64] as const;

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
  /** Where the UTC of the recording comes from: "arrival", "sender_report", or "" while nothing is known. */
  clock: string;
  /** How far that UTC is wrong at most, null where nobody knows. */
  wrongMs: number | null;
  /** Where the pictures that are buffered, or were, are incomplete. */
  incomplete: readonly Span[];
  listing: Listing | null;
}

export const START: PlayerState = {
  shownMs: null, playing: true, rate: 1, backward: false, loading: true, edge: "none", jump: null, problem: null, codec: "", clock: "",
  wrongMs: null,
  recorded: "", incomplete: [], listing: null,
};

/** A value that changes in parts, and those who want to know. */
export class Store<T extends object> {
  private value: T;
  private readonly listeners = new Set<() => void>();

  constructor(value: T) {
    this.value = value;
  }

  readonly snapshot = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly set = (change: Partial<T>): void => {
    this.value = { ...this.value, ...change };
    this.listeners.forEach((listener) => listener());
  };
}
