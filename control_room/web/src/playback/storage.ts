/** Recordings of one stream, read from storage with a ticket that is renewed before it ends. */
import { asProblem, isAbort, Problem, problemOf } from "../api/problem";
import { toWire } from "../i18n/times";
import type { PlaybackTicket } from "../api/types";
import type { Span } from "./planner";

const MARGIN_MS = 20_000;

/** A span without pictures, and why: a value of storage's `GapCause`. */
export interface Gap extends Span {
  cause: string;
}

export interface Listing {
  ranges: Span[];
  gaps: Gap[];
  /** Whether storage writes this stream now. */
  recording: boolean;
  /** The newest recorded instant. */
  until: number | null;
}

export type Media =
  /**
   * `recorded` is the codec of the recording where that had to be converted for this browser, else ""; `clock` says
   * where its UTC comes from, "arrival" or "sender_report".
   */
  | { kind: "data"; data: ArrayBuffer; from: number; to: number; codec: string; recorded: string; clock: string;
      /** How far that UTC is wrong at most, null where nobody knows. */
      wrongMs: number | null;
      /** Pictures before this instant are incomplete, where the answer begins without a key picture. */
      completeFrom: number | null }
  | { kind: "nothing"; next: number | null };

interface WireSpan {
  from: string;
  to: string;
}

interface WireListing {
  ranges: WireSpan[];
  gaps: (WireSpan & { cause: string })[];
  recording: boolean;
  until: string | null;
}

export class Recordings {
  private ticket: PlaybackTicket | null = null;
  private renewal: Promise<PlaybackTicket> | null = null;
  /** Set with the first footage that this browser cannot play: storage is asked for H.264 from then on. */
  private converts = false;
  private readonly openTicket: () => Promise<PlaybackTicket>;
  private readonly plays: (codec: string) => boolean;

  constructor(openTicket: () => Promise<PlaybackTicket>, plays: (codec: string) => boolean) {
    this.openTicket = openTicket;
    this.plays = plays;
  }

  async list(range: Span, signal: AbortSignal): Promise<Listing> {
    const response = await this.get("", { from: toWire(range.from), to: toWire(range.to) }, signal);
    const body = (await response.json()) as WireListing;
    return {
      ranges: body.ranges.map(spanOf),
      gaps: body.gaps.map((gap) => ({ ...spanOf(gap), cause: gap.cause })),
      recording: body.recording,
      until: body.until === null ? null : Date.parse(body.until),
    };
  }

  /**
   * A chunk of [from, to); its times on the media timeline count from `baseMs`. With `keysApartS` key pictures only,
   * none nearer to the one before.
   */
  async media(wanted: Span, baseMs: number, signal: AbortSignal, keysApartS: number | null = null): Promise<Media> {
    const query: Record<string, string> = { from: toWire(wanted.from), to: toWire(wanted.to), base: toWire(baseMs) };
    if (keysApartS !== null) query["keys"] = String(keysApartS);
    const response = await this.playable(query, signal);
    if (response.status === 204) {
      const next = response.headers.get("X-Beffroi-Next");
      return { kind: "nothing", next: next === null ? null : Date.parse(next) };
    }
    const instant = (name: string, fallback: number): number => {
      const value = Date.parse(response.headers.get(name) ?? "");
      return Number.isNaN(value) ? fallback : value;
    };
    return {
      kind: "data",
      data: await response.arrayBuffer(),
      from: instant("X-Beffroi-From", wanted.from),
      to: instant("X-Beffroi-To", wanted.to),
      codec: codecOf(response),
      recorded: response.headers.get("X-Beffroi-Transcoded") ?? "",
      clock: response.headers.get("X-Beffroi-Clock") ?? "",
      wrongMs: wrongOf(response),
      completeFrom: completeOf(response),
    };
  }

  /** The key picture shown at an instant, made small; null where there is none. */
  async picture(atMs: number, signal: AbortSignal): Promise<Blob | null> {
    const response = await this.get("/thumbnail", { at: toWire(atMs) }, signal);
    return response.status === 204 ? null : response.blob();
  }

  /** Which of the days between these borders have recordings. */
  async days(borders: readonly number[], signal: AbortSignal): Promise<boolean[]> {
    const query = borders.map((border): [string, string] => ["border", toWire(border)]);
    const response = await this.get("/days", query, signal);
    return ((await response.json()) as { recorded: boolean[] }).recorded;
  }

  /** Footage as it was recorded where this browser plays that, else as H.264. */
  private async playable(query: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const converted = { ...query, codec: "h264" };
    if (this.converts) return this.get("/media", converted, signal);
    const response = await this.get("/media", query, signal);
    // No browser begins to decode where there is no key picture.
    const whole = completeOf(response) === null;
    if (response.status === 204 || (whole && this.plays(codecOf(response)))) return response;
    await response.body?.cancel();
    this.converts = true;
    return this.get("/media", converted, signal);
  }

  private async get(path: string, query: Record<string, string> | [string, string][], signal: AbortSignal): Promise<Response> {
    const ticket = await this.freshTicket();
    try {
      const address = `${ticket.url}${path}?${new URLSearchParams(query).toString()}`;
      const response = await fetch(address, { signal, headers: { Authorization: `Bearer ${ticket.ticket}` } });
      if (response.ok) return response;
      // A refused ticket is not used again: the next call asks the control room, which knows why.
      if (response.status === 401 || response.status === 403) this.ticket = null;
      throw problemOf(response, await response.json().catch(() => null));
    } catch (error) {
      if (isAbort(error) || error instanceof Problem) throw error;
      throw asProblem(error);
    }
  }

  private async freshTicket(): Promise<PlaybackTicket> {
    if (this.ticket !== null && Date.parse(this.ticket.until) - Date.now() > MARGIN_MS) return this.ticket;
    this.renewal ??= this.openTicket().finally(() => {
      this.renewal = null;
    });
    this.ticket = await this.renewal;
    return this.ticket;
  }
}

const spanOf = (span: WireSpan): Span => ({ from: Date.parse(span.from), to: Date.parse(span.to) });

const LISTING_MS = 4000;

/** What is recorded of a range, asked for again while it may grow. */
export class Listings {
  private readonly recordings: Recordings;
  private readonly range: Span;
  private listing: Listing | null = null;
  private askedAtMs = -Infinity;

  constructor(recordings: Recordings, range: Span) {
    this.recordings = recordings;
    this.range = range;
  }

  /** A newer one; null where the last is as good. */
  async fresh(signal: AbortSignal): Promise<Listing | null> {
    if (performance.now() - this.askedAtMs < LISTING_MS) return null;
    if (this.listing !== null && this.range.to < (this.listing.until ?? 0)) return null;
    this.listing = await this.recordings.list(this.range, signal);
    this.askedAtMs = performance.now();
    return this.listing;
  }
}

const codecOf = (response: Response): string => response.headers.get("X-Beffroi-Codec") ?? "";


const wrongOf = (response: Response): number | null => {
  const told = response.headers.get("X-Beffroi-Uncertainty") ?? "";
  return /^\d+$/.test(told) ? Number(told) : null;
};

const completeOf = (response: Response): number | null => {
  const value = Date.parse(response.headers.get("X-Beffroi-Complete") ?? "");
  return Number.isNaN(value) ? null : value;
};
