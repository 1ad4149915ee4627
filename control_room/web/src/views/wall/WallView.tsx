import { useCallback, useEffect, useRef, useState } from "react";
import { usePerson } from "../../api/session";
import { useText } from "../../i18n/text";
import { added, neighbour, placed, removed, resized, swapped, WALL_SIZES, type WallSize } from "../../live/layout";
import { useWallLink, WallContext } from "../../live/useTile";
import { useWall } from "../../live/wallStore";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { Dialog } from "../../ui/Dialog";
import { useKeys } from "../../ui/keys";
import { setMotive, useMotive } from "../../ui/motive";
import { CameraList } from "./CameraList";
import { MotiveDialog } from "./MotiveDialog";
import { Place } from "./Place";
import { useFullScreen } from "./useFullScreen";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./wall.module.css";

const SIZES: Record<WallSize, string | undefined> = { 1: styles.wall1, 4: styles.wall4, 9: styles.wall9, 16: styles.wall16, 36: styles.wall36 };
const SIZE_KEYS: Record<string, WallSize> = { "1": 1, "4": 4, "9": 9, "6": 16, "3": 36 };
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

const focusPlace = (place: number) => document.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus();

/** A narrow page shows fewer columns than the wall's square has. */
const columnsOf = (grid: HTMLElement | null): number =>
  grid === null ? 1 : getComputedStyle(grid).gridTemplateColumns.split(" ").length;

function focusedPlace(): number | null {
  const place = document.activeElement?.closest<HTMLElement>("[data-place]")?.dataset["place"];
  return place === undefined ? null : Number(place);
}

export function WallView() {
  const { t } = useText();
  const say = useSay();
  const person = usePerson();
  const motive = useMotive();
  const [layout, save] = useWall(person.id);
  const [listed, setListed] = useState(() => layout.places.every((id) => id === null));
  const [figures, setFigures] = useState(false);
  const [choosing, setChoosing] = useState<number | null>(null);
  const [asking, setAsking] = useState(motive === "");
  useEffect(() => {
    // Given here or in another tab of the session.
    if (motive !== "") setAsking(false);
  }, [motive]);
  const grid = useRef<HTMLDivElement>(null);
  const { wall: filled, full, toggleWall, toggle, leave } = useFullScreen();

  useEffect(() => {
    if (full !== null && (full >= layout.size || layout.places[full] === null)) leave();
  }, [full, layout, leave]);

  const pick = (camera: string) => {
    const target = choosing;
    setChoosing(null);
    const next = target === null ? added(layout, camera) : placed(layout, target, camera);
    if (next === null) say(t.cameras.wallFull);
    else save(next);
  };

  const onPlaceKey = useCallback(
    (key: string, place: number): boolean => {
      const camera = layout.places[place] ?? null;
      if (key === "Enter" && document.activeElement?.hasAttribute("data-place") === true) {
        if (camera === null) setChoosing(place);
        else toggle(place);
        return true;
      }
      if ((key === "Delete" || key === "Backspace") && camera !== null) {
        save(removed(layout, place));
        return true;
      }
      return false;
    },
    [layout, save, toggle],
  );

  const onKey = useCallback(
    (event: KeyboardEvent): boolean => {
      const size = SIZE_KEYS[event.key];
      if (size !== undefined) {
        save(resized(layout, size));
        return true;
      }
      if (event.key === "l") {
        setListed((old) => !old);
        return true;
      }
      if (event.key === "s") {
        setFigures((old) => !old);
        return true;
      }
      if (event.key === "f") {
        toggleWall();
        return true;
      }
      const place = focusedPlace();
      if (ARROWS.has(event.key)) {
        const next = place === null ? 0 : neighbour(layout.size, columnsOf(grid.current), place, event.key);
        if (event.shiftKey && place !== null) save(swapped(layout, place, next));
        focusPlace(next);
        return true;
      }
      return place !== null && onPlaceKey(event.key, place);
    },
    [layout, save, toggleWall, onPlaceKey],
  );
  useKeys(onKey);

  const shown = layout.places.slice(0, layout.size);
  const cameras = shown.filter((id) => id !== null);
  const onWall = new Set(cameras);
  const link = useWallLink(motive, cameras, layout.size);
  const list = <CameraList onWall={onWall} onPick={(camera) => pick(camera.id)} autoFocus={choosing !== null} />;
  return (
    <div className={styles.wallView} data-testid="view-wall">
      <h1 className={prose.visuallyHidden}>{t.wall.title}</h1>
      <div className={styles.wallBar}>
        <div role="group" aria-label={t.wall.size} className={buttons.switch}>
          {WALL_SIZES.map((size) => (
            <button key={size} type="button" aria-pressed={size === layout.size} aria-label={t.wall.tiles(size)}
              onClick={() => save(resized(layout, size))} data-testid={`wall-size-${size}`}>
              {size}
            </button>
          ))}
        </div>
        <span className={prose.hint} data-testid="wall-motive">{motive === "" ? t.wall.motive.needed : t.wall.motive.current(motive)}</span>
        <button type="button" className={buttons.plain} onClick={() => setAsking(true)} data-testid="wall-motive-change">
          {motive === "" ? t.wall.motive.start : t.wall.motive.change}
        </button>
        <button type="button" className={classes(buttons.plain, spacing.end, styles.toggle)} aria-pressed={figures} onClick={() => setFigures(!figures)} data-testid="wall-figures">
          {t.wall.figures}
        </button>
        <button type="button" className={classes(buttons.plain, styles.toggle, styles.fill)} aria-pressed={filled} title={`${filled ? t.wall.leaveFill : t.wall.fill} ( f )`} onClick={toggleWall}
          data-testid="wall-fill">
          {filled ? t.wall.leaveFill : t.wall.fill}
        </button>
        <button type="button" className={buttons.plain} aria-expanded={listed} onClick={() => setListed(!listed)} data-testid="wall-list-toggle">
          {listed ? t.wall.hideList : t.wall.showList}
        </button>
      </div>
      <div className={styles.wallBody}>
        <div ref={grid} className={classes(styles.wall, SIZES[layout.size], full !== null && styles.hasFull)} data-testid="wall" data-size={layout.size}>
          <WallContext value={link}>
            {motive !== "" &&
              shown.map((camera, place) => (
                <Place key={camera ?? `free-${place}`} place={place} cameraId={camera} full={full === place} figures={figures}
                  onChoose={() => setChoosing(place)}
                  onDropCamera={(dropped) => save(placed(layout, place, dropped))}
                  onRemove={() => save(removed(layout, place))}
                  onFull={() => toggle(place)} />
              ))}
          </WallContext>
        </div>
        {listed && choosing === null && <aside aria-label={t.wall.list}><h2 className={prose.visuallyHidden}>{t.wall.list}</h2>{list}</aside>}
      </div>
      {choosing !== null && (
        <Dialog title={t.wall.chooseFor(choosing + 1)} onClose={() => setChoosing(null)} testId="choose-camera">{list}</Dialog>
      )}
      {asking && (
        <MotiveDialog motive={motive} onClose={() => setAsking(false)}
          onChosen={(chosen) => {
            setMotive(chosen);
            setAsking(false);
          }} />
      )}
    </div>
  );
}
