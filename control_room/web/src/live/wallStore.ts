/** The person's wall on this machine, shared by the views that change it. */
import { useCallback, useSyncExternalStore } from "react";
import { parseLayout, type Layout } from "./layout";

const listeners = new Set<() => void>();
const cache = new Map<string, Layout>();

const keyOf = (person: string): string => `beffroi.wall.${person}`;

function read(key: string): Layout {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const layout = parseLayout(localStorage.getItem(key));
  cache.set(key, layout);
  return layout;
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useWall(person: string): [Layout, (layout: Layout) => void] {
  const key = keyOf(person);
  const layout = useSyncExternalStore(listen, () => read(key));
  const save = useCallback(
    (next: Layout) => {
      cache.set(key, next);
      localStorage.setItem(key, JSON.stringify(next));
      listeners.forEach((listener) => listener());
    },
    [key],
  );
  return [layout, save];
}
