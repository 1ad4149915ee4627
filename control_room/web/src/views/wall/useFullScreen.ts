import { useCallback, useEffect, useState } from "react";

interface FullScreen {
  /** Whether the wall fills the screen. */
  wall: boolean;
  /** The place that fills it, null when none does. */
  full: number | null;
  toggleWall: () => void;
  toggle: (place: number) => void;
  leave: () => void;
}

interface Shown {
  wall: boolean;
  full: number | null;
}

const NONE: Shown = { wall: false, full: null };

/**
 * The wall, or one tile of it, over the whole screen. The whole page is what the browser enlarges, its bars hidden
 * (`data-filled` in wall.module.css and Shell.module.css): news, and that the server is lost, are seen there as elsewhere. The pictures go on.
 */
export function useFullScreen(): FullScreen {
  const [shown, setShown] = useState<Shown>(NONE);
  const any = shown.wall || shown.full !== null;

  const change = useCallback((next: Shown) => {
    setShown(next);
    const wanted = next.wall || next.full !== null;
    // Where full screen is refused, the wall still fills the window.
    if (wanted && document.fullscreenElement === null) void document.documentElement.requestFullscreen().catch(() => undefined);
    if (!wanted && document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  }, []);

  const toggleWall = useCallback(() => change({ wall: !shown.wall, full: null }), [change, shown.wall]);
  const toggle = useCallback((place: number) => change({ ...shown, full: shown.full === place ? null : place }), [change, shown]);
  const leave = useCallback(() => change({ ...shown, full: null }), [change, shown]);

  useEffect(() => {
    if (!any) return;
    document.documentElement.dataset["filled"] = "wall";
    const changed = () => {
      if (document.fullscreenElement === null) setShown(NONE);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) change(NONE);
    };
    document.addEventListener("fullscreenchange", changed);
    window.addEventListener("keydown", onKey);
    return () => {
      delete document.documentElement.dataset["filled"];
      document.removeEventListener("fullscreenchange", changed);
      window.removeEventListener("keydown", onKey);
    };
  }, [any, change]);

  // Another view has its bars.
  useEffect(
    () => () => {
      if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
    },
    [],
  );

  return { ...shown, toggleWall, toggle, leave };
}
