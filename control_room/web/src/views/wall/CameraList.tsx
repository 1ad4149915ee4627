import { useState, type RefObject } from "react";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { CameraState } from "../../ui/CameraState";
import { matches } from "../../ui/search";
import { grouped } from "../cameras/CamerasView";
import prose from "../../ui/prose.module.css";
import styles from "./wall.module.css";

export const DRAG_TYPE = "application/x-beffroi-camera";

interface Props {
  onWall: ReadonlySet<string>;
  onPick: (camera: Camera) => void;
  search?: RefObject<HTMLInputElement | null>;
  autoFocus?: boolean;
}

/** Cameras to put on the wall: by click, by Enter on the first found, or dragged onto a place. */
export function CameraList({ onWall, onPick, search, autoFocus }: Props) {
  const { t } = useText();
  const { cameras, communeName } = useTerritory();
  const [typed, setTyped] = useState("");
  const found = (cameras ?? []).filter((camera) =>
    matches(typed, camera.name, camera.place, communeName(camera.commune), t.status[camera.state.status]),
  );
  const groups = grouped(found, communeName);
  const first = groups[0]?.cameras.find((camera) => !onWall.has(camera.id));
  return (
    <div className={styles.cameraList} data-testid="camera-list">
      <input ref={search} type="search" value={typed} autoFocus={autoFocus} aria-label={t.cameras.filter} placeholder={`${t.search}  ( / )`}
        data-testid="wall-search" onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && first !== undefined) onPick(first);
          if (event.key === "Escape" && typed !== "") {
            setTyped("");
            event.stopPropagation();
            event.preventDefault();
          }
        }} />
      {cameras !== undefined && groups.length === 0 && <p className={prose.hint}>{t.cameras.noMatch}</p>}
      {groups.map((group) => (
        <section key={group.code}>
          <h3>{group.name}</h3>
          <ul>
            {group.cameras.map((camera) => (
              <li key={camera.id}>
                <button type="button" className={styles.pick} draggable aria-pressed={onWall.has(camera.id)} data-testid={`pick-${camera.id}`}
                  onClick={() => onPick(camera)}
                  onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, camera.id)}>
                  <span>{camera.name}</span>
                  <CameraState camera={camera} />
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
