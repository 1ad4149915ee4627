import { useCallback, useState } from "react";
import { asProblem, isAbort } from "../../api/problem";
import { useText } from "../../i18n/text";
import { boxAt, type Mask } from "../../playback/masks";
import type { Span } from "../../playback/planner";
import type { Player } from "../../playback/player";
import type { Recordings } from "../../playback/storage";
import { problemText } from "../../ui/problemText";
import { MIDDLE, useMasks, type Masks } from "./useMasks";

/** As far as storage follows a box at once. */
const FOLLOWED_MS = 10_000;

export interface MaskEditor {
  on: boolean;
  toggle: () => void;
  drawing: Masks;
  /** Black as it will be burnt in. */
  solid: boolean;
  toggleSolid: () => void;
  fresh: () => void;
  beginHere: () => void;
  endHere: () => void;
  follow: () => void;
  following: boolean;
  proposal: { mask: Mask; lost: boolean } | null;
  accept: () => void;
  reject: () => void;
  /** What became of the last question, null where there is nothing to say. */
  said: string | null;
}

interface Shown {
  player: Player | null;
  recordings: Recordings | null;
  shownMs: number | null;
  range: Span;
}

/** Masks over what a player shows: drawn at the instant shown, followed by storage where a person asks for that. */
export function useMaskEditor(name: string, begun: boolean, { player, recordings, shownMs, range }: Shown): MaskEditor {
  const { t } = useText();
  const [on, setOn] = useState(begun);
  const [solid, setSolid] = useState(false);
  const [following, setFollowing] = useState(false);
  const [proposal, setProposal] = useState<{ mask: Mask; lost: boolean } | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const drawing = useMasks(name, range);
  const chosen = drawing.selected;

  const follow = useCallback(async () => {
    if (recordings === null || chosen === null || shownMs === null) return;
    player?.setPlaying(false);
    setFollowing(true);
    setSaid(null);
    const end = Math.min(shownMs + FOLLOWED_MS, range.to);
    try {
      const told = await recordings.follow({ at: shownMs, ...boxAt(chosen, shownMs) }, end, new AbortController().signal);
      if (told.positions.length < 2) setSaid(t.masks.nowhere);
      else setProposal({ mask: { id: chosen.id, positions: told.positions }, lost: told.lost });
    } catch (error) {
      if (!isAbort(error)) setSaid(problemText(asProblem(error), t));
    } finally {
      setFollowing(false);
    }
  }, [recordings, chosen, shownMs, player, range.to, t]);

  const here = (work: (ms: number) => void) => () => {
    if (shownMs !== null) work(shownMs);
  };
  return {
    on, drawing, solid, following, proposal, said,
    toggle: () => setOn((old) => !old),
    toggleSolid: () => setSolid((old) => !old),
    fresh: here((ms) => {
      player?.setPlaying(false);
      drawing.draw(ms, MIDDLE);
    }),
    beginHere: here(drawing.begin),
    endHere: here(drawing.end),
    follow: () => void follow(),
    accept: () => {
      // Of the mask that was asked about, whichever is selected by now.
      if (proposal !== null) drawing.follow(proposal.mask.id, proposal.mask.positions);
      setProposal(null);
    },
    reject: () => setProposal(null),
  };
}
