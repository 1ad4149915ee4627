import { useCallback, useState } from "react";
import { keepMasks, keptMasks } from "../../playback/maskDrafts";
import { begun, drawn, ended, followed, hasKey, MOST_MASKS, nextId, withKey, withoutKey, type Box, type Mask, type Position } from "../../playback/masks";
import type { Span } from "../../playback/planner";

const MOST_UNDONE = 100;

export interface Masks {
  masks: readonly Mask[];
  selected: Mask | null;
  select: (id: string | null) => void;
  /** A new mask at an instant; it is selected. */
  draw: (atMs: number, box: Box) => void;
  /** A key position of a mask. */
  place: (id: string, atMs: number, box: Box) => void;
  begin: (atMs: number) => void;
  end: (atMs: number) => void;
  follow: (id: string, proposed: readonly Position[]) => void;
  removeKey: (atMs: number) => void;
  remove: (id: string) => void;
  clear: () => void;
  undo: () => void;
  undoable: boolean;
}

/** The masks of a draft, kept with each change, and the changes taken back one by one. */
export function useMasks(name: string, range: Span): Masks {
  const [masks, setMasks] = useState<readonly Mask[]>(() => keptMasks(name));
  const [before, setBefore] = useState<readonly (readonly Mask[])[]>([]);
  const [id, select] = useState<string | null>(null);
  const selected = masks.find((one) => one.id === id) ?? null;

  const show = useCallback(
    (next: readonly Mask[]) => {
      keepMasks(name, next);
      setMasks(next);
    },
    [name],
  );
  const change = useCallback(
    (next: readonly Mask[]) => {
      setBefore((old) => [...old.slice(1 - MOST_UNDONE), masks]);
      show(next);
    },
    [masks, show],
  );
  const put = useCallback((mask: Mask) => change(masks.map((one) => (one.id === mask.id ? mask : one))), [change, masks]);

  const draw = useCallback(
    (atMs: number, box: Box) => {
      if (masks.length >= MOST_MASKS) return;
      const made = drawn(nextId(masks), atMs, box, range);
      change([...masks, made]);
      select(made.id);
    },
    [change, masks, range],
  );
  const place = useCallback(
    (which: string, atMs: number, box: Box) => {
      const found = masks.find((one) => one.id === which);
      if (found !== undefined) put(withKey(found, atMs, box));
      select(which);
    },
    [masks, put],
  );
  const undo = useCallback(() => {
    const last = before.at(-1);
    if (last === undefined) return;
    setBefore(before.slice(0, -1));
    show(last);
  }, [before, show]);

  return {
    masks, selected, select, draw, place, undo, undoable: before.length > 0,
    begin: (atMs) => selected !== null && put(begun(selected, atMs)),
    end: (atMs) => selected !== null && put(ended(selected, atMs)),
    follow: (which, proposed) => {
      const found = masks.find((one) => one.id === which);
      if (found !== undefined) put(followed(found, proposed));
    },
    removeKey: (atMs) => selected !== null && hasKey(selected, atMs) && put(withoutKey(selected, atMs)),
    remove: (which) => change(masks.filter((one) => one.id !== which)),
    clear: () => change([]),
  };
}

/** Where a mask is that was asked for without being drawn. */
export const MIDDLE: Box = { x: 0.4, y: 0.4, w: 0.2, h: 0.2 };
