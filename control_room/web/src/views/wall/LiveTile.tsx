import { useEffect, useRef } from "react";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { bareClock, span, zoneOffset } from "../../i18n/times";
import { useTile } from "../../live/useTile";
import { useSay } from "../../ui/Announcer";
import { CameraState } from "../../ui/CameraState";
import { bitrate, shownOf, stepOf, whyOf } from "./tileText";

interface Props {
  cameraId: string;
  motive: string;
}

/** A camera's picture, called live only while frames arrive; else dimmed, with how old it is and why. */
export function LiveTile({ cameraId, motive }: Props) {
  const { t, language } = useText();
  const say = useSay();
  const { byId, communeName } = useTerritory();
  const camera = byId.get(cameraId);
  const video = useRef<HTMLVideoElement>(null);
  const tile = useTile(cameraId, motive, video, camera?.state.status === "live");
  const shown = shownOf(tile);
  const name = camera?.name ?? cameraId;
  const { why, said } = whyOf(tile, camera, t);
  const step = stepOf(tile, t);
  const opening = shown === "none" && tile.cause === null && (camera === undefined || camera.state.status === "live");

  const before = useRef(shown);
  useEffect(() => {
    if (before.current === "live" && shown === "stale") say(t.tile.waitAnnounce(name, why), { quiet: true });
    if (before.current === "stale" && shown === "live") say(t.tile.backAnnounce(name), { quiet: true });
    before.current = shown;
  }, [shown, name, why, say, t]);

  return (
    <div className={`live-tile ${shown}`} data-testid="live-tile" data-camera={cameraId} data-shown={shown} data-phase={tile.phase}>
      {/* A tile moved on the wall is paused by the browser. */}
      <video ref={video} muted playsInline autoPlay tabIndex={-1} aria-label={name}
        onPause={(event) => void event.currentTarget.play().catch(() => undefined)} />
      {shown !== "live" && (
        <div className="veil" data-testid="tile-veil">
          {camera !== undefined && !opening && !(shown === "stale" && camera.state.status === "stalled") && <CameraState camera={camera} />}
          {shown === "stale" && tile.freshness.kind === "stale" && (
            <strong className="frozen" data-testid="tile-frozen">{t.tile.frozen(span(tile.freshness.ageMs))}</strong>
          )}
          {shown === "none" && !opening && <strong>{t.tile.noPicture}</strong>}
          {!opening && <span data-testid="tile-reason">{why}</span>}
          {!opening && said !== "" && <span className="said" lang="en">{said}</span>}
          {step !== "" && <span className="hint">{step}</span>}
        </div>
      )}
      <div className="tile-foot">
        {shown === "live" && <span className="live-mark" data-testid="tile-live"><span aria-hidden="true">●</span> {t.tile.live}</span>}
        <span className="tile-name" title={`${name} · ${communeName(camera?.commune ?? "")}`}>
          <strong>{name}</strong> {communeName(camera?.commune ?? "")}
        </span>
        {tile.lastFrameAt !== null && tile.stream !== null && (
          <span className="figures">
            {shown === "live" && <span data-testid="tile-bitrate">{bitrate(tile.bitrateBps)}</span>}
            <time dateTime={new Date(tile.lastFrameAt).toISOString()} data-testid="tile-clock"
              title={`${t.tile.frameAt(new Date(tile.lastFrameAt).toISOString())}`}>
              {bareClock(language, tile.lastFrameAt)} <small>{zoneOffset(tile.lastFrameAt)}</small>
            </time>
          </span>
        )}
      </div>
    </div>
  );
}
