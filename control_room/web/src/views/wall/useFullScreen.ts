import { useCallback, useEffect, useState, type RefObject } from "react";

interface FullScreen {
  /** The place that fills the screen, null when none does. */
  full: number | null;
  toggle: (place: number) => void;
  leave: () => void;
}

/** One tile over the whole screen. The wall stays mounted, so that the pictures go on. */
export function useFullScreen(grid: RefObject<HTMLElement | null>): FullScreen {
  const [full, setFull] = useState<number | null>(null);

  const leave = useCallback(() => {
    setFull(null);
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  }, []);

  const toggle = useCallback(
    (place: number) => {
      if (full === place) {
        leave();
        return;
      }
      setFull(place);
      // Where full screen is refused, the tile still fills the window.
      if (document.fullscreenElement === null) void grid.current?.requestFullscreen().catch(() => undefined);
    },
    [full, grid, leave],
  );

  useEffect(() => {
    const changed = () => {
      if (document.fullscreenElement === null) setFull(null);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") setFull(null);
    };
    document.addEventListener("fullscreenchange", changed);
    window.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("fullscreenchange", changed);
      window.removeEventListener("keydown", onKey);
    };
  }, []);

  return { full, toggle, leave };
}
