import { useEffect, useRef } from "react";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { bareClock, dateTime, toWire, zoneOffset } from "../../i18n/times";
import { useTile } from "../../live/useTile";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { Figures } from "./Figures";
import { bitrate, shownOf, whyOf, type Shown } from "./tileText";
import { Veil } from "./Veil";
import styles from "./wall.module.css";

interface Props {
  cameraId: string;
  figures: boolean;
}

/** A camera's picture, called live only while frames arrive; else dimmed, with how old it is and why. */
export function LiveTile({ cameraId, figures }: Props) {
  const { byId } = useTerritory();
  const camera = byId.get(cameraId);
  const video = useRef<HTMLVideoElement>(null);
  const poster = useRef<HTMLCanvasElement>(null);
  const tile = useTile(cameraId, video, poster, camera?.state.status === "live");
  const shown = shownOf(tile);
  const name = camera?.name ?? cameraId;
  const { t } = useText();
  useNews(name, shown, whyOf(tile, camera, t).why);
  return (
    <div className={classes(styles.liveTile, shown === "stale" && styles.stale, shown === "none" && styles.none)} data-testid="live-tile" data-camera={cameraId} data-shown={shown} data-phase={tile.phase}>
      {/* A tile moved on the wall is paused by the browser. */}
      <video ref={video} muted playsInline autoPlay tabIndex={-1} aria-label={name}
        onPause={(event) => void event.currentTarget.play().catch(() => undefined)} />
      {/* The first picture stands still while those after it run to catch up with live. */}
      <canvas ref={poster} className={styles.poster} hidden={!tile.catchingUp || tile.firstFrameMs === null} data-testid="tile-poster" aria-hidden="true" />
      {figures && <Figures tile={tile} />}
      {(shown === "stale" || shown === "none") && <Veil tile={tile} shown={shown} camera={camera} />}
      {shown !== "none" && tile.standing?.incomplete === true && <p className={styles.incomplete} role="status" data-testid="tile-incomplete">{t.tile.incomplete}</p>}
      <Foot name={name} camera={camera} live={shown === "live"} bitrateBps={tile.bitrateBps}
        lastFrameAt={tile.stream === null ? null : tile.lastFrameAt} />
    </div>
  );
}

interface FootProps {
  name: string;
  camera: Camera | undefined;
  live: boolean;
  bitrateBps: number;
  lastFrameAt: number | null;
}

function Foot({ name, camera, live, bitrateBps, lastFrameAt }: FootProps) {
  const { t, language } = useText();
  const { communeName } = useTerritory();
  const commune = camera === undefined ? "" : communeName(camera.commune);
  return (
    <div className={styles.tileFoot}>
      {live && <span className={styles.liveMark} data-testid="tile-live"><span aria-hidden="true">●</span> {t.tile.live}</span>}
      <span className={styles.tileName} title={`${name} · ${commune}`}><strong>{name}</strong> {commune}</span>
      {lastFrameAt !== null && (
        <span className={styles.figures}>
          {live && <span data-testid="tile-bitrate">{bitrate(bitrateBps)}</span>}
          <time dateTime={toWire(lastFrameAt)} data-testid="tile-clock" title={t.tile.frameAt(dateTime(language, lastFrameAt))}>
            {bareClock(language, lastFrameAt)} <small>{zoneOffset(lastFrameAt)}</small>
          </time>
        </span>
      )}
    </div>
  );
}

/** Says, to those who do not see it, that a picture froze or came back. */
function useNews(name: string, shown: Shown, why: string): void {
  const { t } = useText();
  const say = useSay();
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === "live" && shown === "stale") say(t.tile.waitAnnounce(name, why), { quiet: true });
    if (before.current === "stale" && shown === "live") say(t.tile.backAnnounce(name), { quiet: true });
    before.current = shown;
  }, [shown, name, why, say, t]);
}
