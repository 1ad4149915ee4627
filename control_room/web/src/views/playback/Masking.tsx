import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type RefObject } from "react";
import { masksQuery } from "../../api/queries";
import { useText } from "../../i18n/text";
import { draftName, keepMasks } from "../../playback/maskDrafts";
import { ofWireMask, type Mask } from "../../playback/masks";
import type { Span } from "../../playback/planner";
import type { Player } from "../../playback/player";
import type { Recordings } from "../../playback/storage";
import { wanted } from "../../ui/place";
import { go, useRoute } from "../../ui/router";
import { AttachMasks } from "./AttachMasks";
import { Looked } from "./Looked";
import { MaskLayer } from "./MaskLayer";
import { MaskPanel } from "./MaskPanel";
import { useMaskEditor, type MaskEditor } from "./useMaskEditor";
import { usePictureBox } from "./usePictureBox";

/** What masks there are over a player: those of a request, to be looked at, or those that are being drawn. */
export interface Masking {
  camera: string;
  /** The access request that they are drawn for, empty for none. */
  request: string;
  /** The request whose masks are looked at, empty for none. */
  review: string;
  editor: MaskEditor;
  looked: readonly Mask[] | null;
  player: Player | null;
  shownMs: number | null;
}

interface About {
  camera: string;
  request: string;
  review: string;
  range: Span;
  player: Player | null;
  recordings: Recordings | null;
  shownMs: number | null;
}

export function useMasking({ camera, request, review, range, player, recordings, shownMs }: About): Masking {
  const { query } = useRoute();
  const editor = useMaskEditor(draftName(camera, request), request !== "" || query["draw"] === "1", { player, recordings, shownMs, range });
  const given = useQuery(masksQuery(review, camera)).data;
  const looked = useMemo(() => (review === "" ? null : (given?.masks.map(ofWireMask) ?? [])), [review, given]);
  return { camera, request, review, editor, looked, player, shownMs };
}

/** The keys of the masks, beside those of the player. */
export function maskKeys({ looked, editor }: Masking): Record<string, () => void> {
  if (looked !== null) return {};
  const mode = { m: editor.toggle };
  if (!editor.on) return mode;
  return { ...mode, n: editor.fresh, d: editor.beginHere, e: editor.endHere, f: editor.follow, u: editor.drawing.undo, v: editor.toggleSolid };
}

/** When the masks that are shown are there, for the timeline. */
export function maskTimes({ looked, editor }: Masking): { at: number[]; chosen: boolean }[] {
  const shown = looked ?? (editor.on ? editor.drawing.masks : []);
  return shown.map((mask) => ({ at: mask.positions.map((one) => one.at), chosen: mask.id === editor.drawing.selected?.id }));
}

/** The masks over the picture. */
export function MaskStage({ masking, video }: { masking: Masking; video: RefObject<HTMLVideoElement | null> }) {
  const picture = usePictureBox(video);
  const { editor, looked, player, shownMs } = masking;
  if (picture === null || shownMs === null) return null;
  if (looked !== null) return <MaskLayer picture={picture} masks={looked} selected={null} shownMs={shownMs} solid proposal={null} edit={null} />;
  const { drawing } = editor;
  return editor.on && (
    <MaskLayer picture={picture} masks={drawing.masks} selected={drawing.selected?.id ?? null} shownMs={shownMs} solid={editor.solid} proposal={editor.proposal?.mask ?? null}
      edit={{
        onGrab: () => player?.setPlaying(false),
        onDraw: (box) => drawing.draw(shownMs, box),
        onPlace: (id, box) => drawing.place(id, shownMs, box),
        onSelect: drawing.select,
        onRemove: drawing.remove,
      }} />
  );
}

/** The tools and the list under the picture. `range` is what a copy would be asked of. */
export function MaskSide({ masking, range }: { masking: Masking; range: Span }) {
  const { t } = useText();
  const { camera, request, review, editor, looked, player, shownMs } = masking;
  const [attaching, setAttaching] = useState(false);
  const seek = (ms: number) => player?.seek(ms);
  const order = () => {
    if (request === "") go("requisitions", "", { ...wanted(camera, range.from, range.to), copy: "redacted" });
    else setAttaching(true);
  };
  if (looked !== null) return <Looked id={review} camera={camera} masks={looked} onSeek={seek} />;
  return (
    <>
      {editor.on && <MaskPanel editor={editor} shownMs={shownMs} onSeek={seek} orderLabel={request === "" ? t.masks.order : t.masks.attach} onOrder={order} />}
      {attaching && (
        <AttachMasks request={request} camera={camera} range={range} masks={editor.drawing.masks} onClose={() => setAttaching(false)}
          onDone={() => { keepMasks(draftName(camera, request), []); go("access"); }} />
      )}
    </>
  );
}
