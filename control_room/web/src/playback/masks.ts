/**
 * Masks over a picture: boxes in fractions of it, in a straight line from one key position to the next, there from the
 * first to the last. What covers a picture is what the server will burn in. Pure; all times are UTC ms.
 */
import { toWire } from "../i18n/times";
import type { Span } from "./planner";

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Position extends Box {
  at: number;
}

export interface Mask {
  id: string;
  /** Two or more, each later than the one before. */
  positions: readonly Position[];
}

interface WirePosition extends Box {
  at: string;
}

export interface WireMask {
  id: string;
  positions: WirePosition[];
}

/** As many as the server takes. */
export const MOST_MASKS = 50;
export const MOST_POSITIONS = 5000;
const LEAST_SIDE = 0.01;
/** How long a new mask stays, until somebody says otherwise. */
const NEW_MS = 5000;
/** Positions nearer than this are one: an instant of the wire is a millisecond. */
const SAME_MS = 2;
/** What a picture lasts at least: one that is on the screen while a mask begins is covered too. */
const PICTURE_MS = 20;

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), Math.max(least, most));

/** The box inside the picture, no smaller than can be seen and taken hold of. */
function fitted(box: Box): Box {
  const w = between(box.w, LEAST_SIDE, 1);
  const h = between(box.h, LEAST_SIDE, 1);
  return { x: between(box.x, 0, 1 - w), y: between(box.y, 0, 1 - h), w, h };
}

/** The box between two corners, whichever they are. */
export function cornered(a: { x: number; y: number }, b: { x: number; y: number }): Box {
  const [left, right] = [between(Math.min(a.x, b.x), 0, 1), between(Math.max(a.x, b.x), 0, 1)];
  const [top, bottom] = [between(Math.min(a.y, b.y), 0, 1), between(Math.max(a.y, b.y), 0, 1)];
  return fitted({ x: left, y: top, w: right - left, h: bottom - top });
}

export const moved = (box: Box, dx: number, dy: number): Box => fitted({ ...box, x: box.x + dx, y: box.y + dy });

/** Larger or smaller at its right and lower side, the upper left corner where it is. */
export const resized = (box: Box, dw: number, dh: number): Box =>
  fitted({ ...box, w: between(box.w + dw, LEAST_SIDE, 1 - box.x), h: between(box.h + dh, LEAST_SIDE, 1 - box.y) });

export const spanOf = (mask: Mask): Span => ({ from: mask.positions[0]?.at ?? 0, to: mask.positions.at(-1)?.at ?? 0 });

/** Where a mask is at an instant, or would be: before its first and after its last position it stays there. */
export function boxAt(mask: Mask, ms: number): Box {
  const after = mask.positions.findIndex((one) => one.at > ms);
  const before = mask.positions.at(after === -1 ? -1 : Math.max(0, after - 1));
  const next = after <= 0 ? before : mask.positions[after];
  if (before === undefined || next === undefined) throw new Error("a mask has positions");
  const share = next.at === before.at ? 0 : (ms - before.at) / (next.at - before.at);
  const mix = (a: number, b: number) => a + (b - a) * share;
  return { x: mix(before.x, next.x), y: mix(before.y, next.y), w: mix(before.w, next.w), h: mix(before.h, next.h) };
}

/** The box on a picture that is shown from an instant on, null where the mask is not there. */
export function coverAt(mask: Mask, shownMs: number): Box | null {
  const { from, to } = spanOf(mask);
  return shownMs + PICTURE_MS <= from || shownMs > to ? null : boxAt(mask, Math.max(shownMs, from));
}

/** A new mask at an instant, within the range. */
export function drawn(id: string, atMs: number, box: Box, within: Span): Mask {
  const to = Math.min(atMs + NEW_MS, within.to);
  const from = to - atMs < SAME_MS ? to - NEW_MS : atMs;
  return { id, positions: [{ at: from, ...box }, { at: to, ...box }] };
}

/** The first id that none of them has. */
export function nextId(masks: readonly Mask[]): string {
  const taken = new Set(masks.map((one) => one.id));
  let number = 1;
  while (taken.has(`m-${number}`)) number += 1;
  return `m-${number}`;
}

const near = (position: Position, ms: number): boolean => Math.abs(position.at - ms) < SAME_MS;

export const hasKey = (mask: Mask, ms: number): boolean => mask.positions.some((one) => near(one, ms));

/** With a key position at an instant: one more, or another in its place. */
export function withKey(mask: Mask, ms: number, box: Box): Mask {
  const others = mask.positions.filter((one) => !near(one, ms));
  return { ...mask, positions: [...others, { at: ms, ...fitted(box) }].sort((a, b) => a.at - b.at) };
}

/** Without the key position at an instant; two stay. */
export function withoutKey(mask: Mask, ms: number): Mask {
  const others = mask.positions.filter((one) => !near(one, ms));
  return others.length < 2 ? mask : { ...mask, positions: others };
}

/** Beginning at an instant, also one before or after it is there. */
export function begun(mask: Mask, ms: number): Mask {
  const box = boxAt(mask, ms);
  const later = mask.positions.filter((one) => one.at > ms && !near(one, ms));
  return { ...mask, positions: [{ at: ms, ...box }, ...(later.length > 0 ? later : [{ at: ms + NEW_MS, ...box }])] };
}

/** Ending at an instant. */
export function ended(mask: Mask, ms: number): Mask {
  const box = boxAt(mask, ms);
  const sooner = mask.positions.filter((one) => one.at < ms && !near(one, ms));
  return { ...mask, positions: [...(sooner.length > 0 ? sooner : [{ at: ms - NEW_MS, ...box }]), { at: ms, ...box }] };
}

/** A mask that goes on as it was proposed: what it did after the proposal begins is given up. */
export function followed(mask: Mask, proposed: readonly Position[]): Mask {
  const first = proposed[0];
  if (first === undefined) return mask;
  const before = mask.positions.filter((one) => one.at < first.at && !near(one, first.at));
  const all = [...before, ...proposed.map((one) => ({ at: one.at, ...fitted(one) }))];
  return all.length < 2 ? mask : { ...mask, positions: all };
}

/** For how long anything of a range is covered by one mask or more. */
export function coveredMs(spans: readonly Span[]): number {
  let [total, end] = [0, -Infinity];
  for (const one of [...spans].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, one.to - Math.max(one.from, end));
    end = Math.max(end, one.to);
  }
  return total;
}

/** Those that cover something of a range. */
export const masksIn = (masks: readonly Mask[], range: Span): Mask[] =>
  masks.filter((one) => spanOf(one).to >= range.from && spanOf(one).from < range.to);

const instant = (ms: number, round: (ms: number) => number): string => toWire(round(ms));

/** As the server takes it. Rounding to its milliseconds makes a mask longer, never shorter. */
export function toWireMask(mask: Mask): WireMask {
  const last = mask.positions.length - 1;
  return {
    id: mask.id,
    positions: mask.positions.map(({ at, ...box }, number) => ({
      at: instant(at, number === 0 ? Math.floor : number === last ? Math.ceil : Math.round), ...fitted(box),
    })),
  };
}

export const ofWireMask = (wire: { id: string; positions: readonly WirePosition[] }): Mask => ({
  id: wire.id,
  positions: wire.positions.map((one) => ({ at: Date.parse(one.at), x: one.x, y: one.y, w: one.w, h: one.h })),
});

const isPosition = (raw: unknown): raw is Position =>
  typeof raw === "object" && raw !== null && ["at", "x", "y", "w", "h"].every((key) => Number.isFinite((raw as Record<string, unknown>)[key]));

const isMask = (raw: unknown): raw is Mask => {
  if (typeof raw !== "object" || raw === null) return false;
  const { id, positions } = raw as Record<string, unknown>;
  if (typeof id !== "string" || id === "" || !Array.isArray(positions) || positions.length < 2) return false;
  return positions.every(isPosition) && positions.every((one: Position, number) => number === 0 || one.at > (positions[number - 1] as Position).at);
};

/** What a draft holds; nothing of one that cannot be read. */
export function readMasks(text: string | null): Mask[] {
  try {
    const raw: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(raw) && raw.every(isMask) ? raw.slice(0, MOST_MASKS) : [];
  } catch {
    return [];
  }
}
