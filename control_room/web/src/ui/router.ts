/** Views by the fragment of the address, so that the server needs no knowledge of them, and reload, Back and a link find the place. */
import { useCallback, useSyncExternalStore } from "react";
import { href, parseRoute, type Query, type Route } from "./place";

export { href } from "./place";

/** Asked before the place is left; it calls `leave` if that is wanted. */
export type Guard = (leave: () => void) => void;

const listeners = new Set<() => void>();
/** The last one is asked: a dialog's before that of the view under it. */
const guards: Guard[] = [];
/** The place shown; the address runs ahead of it while a guard asks. */
let held = window.location.hash;

function moved(): void {
  const wanted = window.location.hash;
  const guard = guards.at(-1);
  if (guard !== undefined && wanted !== held) {
    window.history.pushState(null, "", held);
    guard(() => {
      unguard(guard);
      window.location.hash = wanted;
    });
    return;
  }
  settled(wanted);
}

function settled(hash: string): void {
  held = hash;
  listeners.forEach((listener) => listener());
}

window.addEventListener("hashchange", moved);

/** Asks `asked` before the place is left. Gives back how to stop. */
export function guarded(asked: Guard): () => void {
  guards.push(asked);
  return () => unguard(asked);
}

function unguard(asked: Guard): void {
  const at = guards.indexOf(asked);
  if (at >= 0) guards.splice(at, 1);
}

/** A new place, which Back leaves again. */
export function go(view: string, argument = "", query: Query = {}): void {
  window.location.hash = href(view, argument, query);
}

/** The same place told more exactly: Back leads to where one was before. */
export function tell(query: Query): void {
  const { view, argument } = parseRoute(held);
  const next = href(view, argument, query);
  // Where the address is elsewhere already, this place is being left.
  if (next === held || window.location.hash !== held) return;
  window.history.replaceState(null, "", next);
  settled(window.location.hash);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const place = (): string => held;

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(listen, place));
}

/** One text of the address's query, empty where it has none, and how to change it. */
export function useQueryText(key: string): [string, (value: string) => void] {
  const { query } = useRoute();
  const change = useCallback((value: string) => tell({ ...parseRoute(held).query, [key]: value }), [key]);
  return [query[key] ?? "", change];
}
