/** Small pictures of a timeline, asked for one after the other and kept while the player is there. */
import { isAbort, Problem } from "../api/problem";
import type { Recordings } from "./storage";

const MOST_KEPT = 200;

export class Thumbs {
  private readonly kept = new Map<number, string>();
  private readonly recordings: Recordings;
  private readonly closing = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(recordings: Recordings) {
    this.recordings = recordings;
  }

  /** The address of the picture at an instant; null where there is none, it failed or nobody waits any more. */
  at(ms: number, signal: AbortSignal): Promise<string | null> {
    const asked = this.turn.then(() => this.load(ms, signal));
    this.turn = asked;
    return asked;
  }

  close(): void {
    this.closing.abort();
    this.kept.forEach((address) => URL.revokeObjectURL(address));
    this.kept.clear();
  }

  private async load(ms: number, signal: AbortSignal): Promise<string | null> {
    const known = this.kept.get(ms);
    const either = AbortSignal.any([signal, this.closing.signal]);
    if (known !== undefined || either.aborted) return known ?? null;
    try {
      const picture = await this.recordings.picture(ms, either);
      return picture === null ? null : this.keep(ms, URL.createObjectURL(picture));
    } catch (error) {
      // A timeline without pictures still is one: what is wrong is told by the player, which asks the same service.
      if (isAbort(error) || error instanceof Problem) return null;
      throw error;
    }
  }

  private keep(ms: number, address: string): string | null {
    if (this.closing.signal.aborted) {
      URL.revokeObjectURL(address);
      return null;
    }
    this.kept.set(ms, address);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > MOST_KEPT && oldest !== undefined) {
      URL.revokeObjectURL(this.kept.get(oldest) ?? "");
      this.kept.delete(oldest);
    }
    return address;
  }
}

/** The instants of a strip: so many, in the middle of equal parts of what is shown. */
export function stripOf(shown: { from: number; to: number }, count: number): number[] {
  const step = (shown.to - shown.from) / count;
  return Array.from({ length: count }, (_, number) => Math.round(shown.from + (number + 0.5) * step));
}
