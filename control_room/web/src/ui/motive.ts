/**
 * The motive of the watch: asked once in a session, the same in each of its tabs, gone with it. It stands in
 * localStorage under the session's id, so that a motive left behind is none of another session's.
 */
import { useSyncExternalStore } from "react";

const PREFIX = "beffroi.motive.";
const listeners = new Set<() => void>();
let key: string | null = null;

const told = (): void => listeners.forEach((listener) => listener());

/** Whose motive it is; what other sessions left is removed. Null when nobody is signed in. */
export function motiveOf(session: string | null): void {
  key = session === null ? null : PREFIX + session;
  for (const other of Object.keys(localStorage)) if (other.startsWith(PREFIX) && other !== key) localStorage.removeItem(other);
  told();
}

export function setMotive(motive: string): void {
  if (key !== null) localStorage.setItem(key, motive);
  told();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  // Another tab changed it.
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

const read = (): string => (key === null ? "" : (localStorage.getItem(key) ?? ""));

export const useMotive = (): string => useSyncExternalStore(listen, read);
