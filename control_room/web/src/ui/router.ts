/** Views by the fragment of the address, so that the server needs no knowledge of them. */
import { useSyncExternalStore } from "react";

export interface Route {
  view: string;
  /** What follows the view: a camera id for playback. */
  argument: string;
}

export function parseRoute(hash: string): Route {
  const [view = "", argument = ""] = hash.replace(/^#\/?/, "").split("/");
  try {
    return { view: decodeURIComponent(view), argument: decodeURIComponent(argument) };
  } catch {
    return { view: "", argument: "" };
  }
}

export const href = (view: string, argument = ""): string =>
  `#/${view}${argument === "" ? "" : `/${encodeURIComponent(argument)}`}`;

export function go(view: string, argument = ""): void {
  window.location.hash = href(view, argument);
}

function listen(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(listen, () => window.location.hash));
}
