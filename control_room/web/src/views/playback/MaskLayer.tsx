import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useText } from "../../i18n/text";
import { boxAt, cornered, coverAt, moved, resized, type Box, type Mask } from "../../playback/masks";
import { classes } from "../../ui/classes";
import type { PictureBox } from "./usePictureBox";
import styles from "./masks.module.css";

interface Point {
  x: number;
  y: number;
}

/** What the pointer does: a new box, one that is moved, or one whose corner is. */
type Drag =
  | { kind: "draw"; from: Point; box: Box }
  | { kind: "move"; id: string; from: Point; start: Box; box: Box }
  | { kind: "corner"; id: string; anchor: Point; box: Box };

/** A press that goes no further is none. */
const LEAST_DRAWN = 0.015;
const STEP = 0.01;
const ARROWS: Record<string, Point> = { ArrowLeft: { x: -STEP, y: 0 }, ArrowRight: { x: STEP, y: 0 }, ArrowUp: { x: 0, y: -STEP }, ArrowDown: { x: 0, y: STEP } };
const CORNERS = ["nw", "ne", "sw", "se"] as const;
type Corner = (typeof CORNERS)[number];

const percentOf = ({ x, y, w, h }: Box) => ({ left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` });
const opposite = (box: Box, corner: Corner): Point => ({ x: corner.endsWith("w") ? box.x + box.w : box.x, y: corner.startsWith("n") ? box.y + box.h : box.y });

interface Props {
  picture: PictureBox;
  masks: readonly Mask[];
  selected: string | null;
  shownMs: number;
  /** Black as it will be burnt in; else what is under it can be seen. */
  solid: boolean;
  /** The path that was proposed for the selected one. */
  proposal: Mask | null;
  /** Null where the masks are to be looked at only. */
  edit: {
    onGrab: () => void;
    onDraw: (box: Box) => void;
    onPlace: (id: string, box: Box) => void;
    onSelect: (id: string | null) => void;
    onRemove: (id: string) => void;
  } | null;
}

/** Boxes over the picture: drawn, moved and resized by mouse and by keyboard, black where they will be. */
export function MaskLayer({ picture, masks, selected, shownMs, solid, proposal, edit }: Props) {
  const { t } = useText();
  const layer = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const known = useRef(masks.length);

  // Whoever has just drawn one goes on with it by the keyboard.
  useEffect(() => {
    if (masks.length > known.current && selected !== null) layer.current?.querySelector<HTMLElement>(`[data-mask="${selected}"]`)?.focus();
    known.current = masks.length;
  }, [masks.length, selected]);

  const at = (event: PointerEvent): Point => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };
  const boxOf = (mask: Mask): Box => (drag !== null && drag.kind !== "draw" && drag.id === mask.id ? drag.box : (coverAt(mask, shownMs) ?? boxAt(mask, shownMs)));

  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    if (edit === null || event.button !== 0 || !(event.target instanceof HTMLElement)) return;
    const from = at(event);
    const { mask: id, corner } = event.target.dataset;
    const mask = masks.find((one) => one.id === id);
    edit.onGrab();
    event.currentTarget.setPointerCapture(event.pointerId);
    if (mask === undefined) setDrag({ kind: "draw", from, box: cornered(from, from) });
    else if (corner !== undefined) setDrag({ kind: "corner", id: mask.id, anchor: opposite(boxOf(mask), corner as Corner), box: boxOf(mask) });
    else {
      edit.onSelect(mask.id);
      setDrag({ kind: "move", id: mask.id, from, start: boxOf(mask), box: boxOf(mask) });
    }
  };
  const onMove = (event: PointerEvent<HTMLDivElement>) => {
    if (drag === null) return;
    const to = at(event);
    if (drag.kind === "draw") setDrag({ ...drag, box: cornered(drag.from, to) });
    else if (drag.kind === "corner") setDrag({ ...drag, box: cornered(drag.anchor, to) });
    else setDrag({ ...drag, box: moved(drag.start, to.x - drag.from.x, to.y - drag.from.y) });
  };
  const onUp = () => {
    if (drag === null || edit === null) return;
    setDrag(null);
    if (drag.kind === "draw") {
      if (Math.max(drag.box.w, drag.box.h) >= LEAST_DRAWN) edit.onDraw(drag.box);
      else edit.onSelect(null);
    } else if (drag.kind === "corner" || drag.box.x !== drag.start.x || drag.box.y !== drag.start.y) edit.onPlace(drag.id, drag.box);
  };
  const onKey = (event: KeyboardEvent, mask: Mask) => {
    const arrow = ARROWS[event.key];
    if (edit === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow !== undefined) {
      edit.onGrab();
      edit.onPlace(mask.id, event.shiftKey ? resized(boxOf(mask), arrow.x, arrow.y) : moved(boxOf(mask), arrow.x, arrow.y));
    } else if (event.key === "Delete" || event.key === "Backspace") edit.onRemove(mask.id);
    else return;
    event.preventDefault();
  };

  const path = proposal === null ? null : coverAt(proposal, shownMs);
  return (
    <div className={styles.stage}>
      <div ref={layer} className={classes(styles.layer, edit !== null && styles.editing)} data-testid="mask-layer"
        style={{ left: picture.left, top: picture.top, width: picture.width, height: picture.height }}
        onPointerDown={onDown} onPointerMove={onMove} onPointerUp={onUp} onPointerCancel={() => setDrag(null)}>
        {masks.map((mask, number) => {
          const there = coverAt(mask, shownMs) !== null;
          if (edit === null) return there && <div key={mask.id} className={classes(styles.box, styles.solid)} style={percentOf(boxOf(mask))} data-testid={`mask-box-${mask.id}`} />;
          const chosen = mask.id === selected;
          return (there || chosen) && (
            <button key={mask.id} type="button" data-mask={mask.id} data-testid={`mask-box-${mask.id}`} data-there={there} aria-pressed={chosen}
              aria-label={t.masks.box(number + 1, there)} aria-describedby="mask-keys" onFocus={() => edit.onSelect(mask.id)} onKeyDown={(event) => onKey(event, mask)}
              className={classes(styles.box, there ? (solid ? styles.solid : styles.clear) : styles.ghost, chosen && styles.chosen)} style={percentOf(boxOf(mask))}>
              <span className={styles.number} data-mask={mask.id}>{number + 1}</span>
              {chosen && CORNERS.map((corner) => (
                <span key={corner} className={classes(styles.corner, corner.startsWith("s") && styles.low, corner.endsWith("e") && styles.right)} data-mask={mask.id} data-corner={corner} />
              ))}
            </button>
          );
        })}
        {drag?.kind === "draw" && <div className={classes(styles.box, styles.clear, styles.chosen)} style={percentOf(drag.box)} />}
        {path !== null && <div className={classes(styles.box, styles.proposed)} style={percentOf(path)} data-testid="mask-proposed" />}
      </div>
    </div>
  );
}
