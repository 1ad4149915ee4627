/** The motive of the watch: asked once, kept while the browser's tab lives. */
import { useSyncExternalStore } from "react";

const KEY = "beffroi.motive";
const listeners = new Set<() => void>();

export function setMotive(motive: string): void {
  if (motive === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, motive);
  listeners.forEach((listener) => listener());
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useMotive = (): string => useSyncExternalStore(listen, () => sessionStorage.getItem(KEY) ?? "");
