import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { span } from "../../i18n/times";
import type { Tile } from "../../live/useTile";
import { CameraState } from "../../ui/CameraState";
import { Said } from "../../ui/Said";
import { stepOf, whyOf, type Shown } from "./tileText";
import prose from "../../ui/prose.module.css";
import styles from "./wall.module.css";

interface Props {
  tile: Tile;
  shown: Shown;
  camera: Camera | undefined;
}

/** What stands over a picture that is not live: how old it is, why, and what is being done. */
export function Veil({ tile, shown, camera }: Props) {
  const { t } = useText();
  const well = camera === undefined || camera.state.status === "live";
  const opening = shown === "none" && tile.cause === null && well;
  const step = stepOf(tile, t);
  return (
    <div className={styles.veil} data-testid="tile-veil">
      {tile.freshness.kind === "stale" && shown === "stale" && (
        <strong className={styles.frozen} data-testid="tile-frozen">{tile.freshness.ageMs === null ? t.tile.old : t.tile.frozen(span(tile.freshness.ageMs))}</strong>
      )}
      {!opening && <Why tile={tile} camera={camera} withState={!well && !(shown === "stale" && camera.state.status === "stalled")} />}
      {step !== "" && <span className={prose.hint} data-testid="tile-step">{step}</span>}
    </div>
  );
}

function Why({ tile, camera, withState }: { tile: Tile; camera: Camera | undefined; withState: boolean }) {
  const { t } = useText();
  const { why, said } = whyOf(tile, camera, t);
  return (
    <>
      {camera !== undefined && withState && <CameraState camera={camera} />}
      <span data-testid="tile-reason">{why}</span>
      <Said why={said.why} text={said.text} className={styles.said} />
    </>
  );
}
