import type { Camera, Kind } from "../../api/types";
import { useText } from "../../i18n/text";
import { clock } from "../../i18n/times";
import { Advice } from "../../ui/Advice";
import { CameraState, RecordingState, stateReason, SubState } from "../../ui/CameraState";
import { href } from "../../ui/router";
import { Said } from "../../ui/Said";
import { offered } from "../access";
import { RegisterLinks } from "../register/RegisterLinks";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./cameras.module.css";

interface Props {
  camera: Camera;
  kind: Kind;
  onWall: boolean;
  onAdd: () => void;
}

export function CameraRow({ camera, kind, onWall, onAdd }: Props) {
  const { t, language } = useText();
  const views = offered(kind);
  const said = camera.blocked_reason ?? camera.state.reason;
  const why = camera.blocked_reason === null ? camera.state.why : camera.blocked_why;
  const well = camera.state.status === "live" && camera.blocked_reason === null;
  return (
    <li className={styles.cameraRow} data-testid={`camera-${camera.id}`} data-status={camera.state.status}>
      <div className={styles.cameraName}>
        <strong>{camera.name}</strong>
        <span className={prose.hint}>{camera.place}</span>
      </div>
      <div className={styles.cameraState}>
        <CameraState camera={camera} />
        {!well && <span className={prose.hint}>{camera.blocked_reason === null ? stateReason(camera, t) : ""}</span>}
        {well && camera.state.width > 0 && (
          <span className={prose.hint}>{camera.state.width}×{camera.state.height} · {t.cameras.fps(String(Math.round(camera.state.fps * 10) / 10))}</span>
        )}
        <SubState camera={camera} />
      </div>
      <div className={styles.cameraSaid}>
        <Advice camera={camera} />
        {!well && <Said why={why} text={said} title={t.cameras.serverReason} testId="camera-reason" />}
        {!well && <span className={prose.hint}>{t.cameras.since(clock(language, Date.parse(camera.state.since)))}</span>}
      </div>
      <RecordingState camera={camera} />
      <div className={styles.rowActions}>
        {views.includes("wall") && (
          <button type="button" disabled={onWall} onClick={onAdd} data-testid={`add-${camera.id}`}
            aria-label={onWall ? `${camera.name} : ${t.cameras.onWall}` : t.cameras.addToWallOf(camera.name)}>
            {onWall ? t.cameras.onWall : `+ ${t.cameras.addToWall}`}
          </button>
        )}
        {views.includes("playback") && (
          <a className={buttons.button} href={href("playback", camera.id)} aria-label={t.cameras.playbackOf(camera.name)}
            data-testid={`playback-${camera.id}`}>
            {t.cameras.playback}
          </a>
        )}
        {views.includes("destructions") && <RegisterLinks camera={camera} kind={kind} />}
      </div>
    </li>
  );
}
