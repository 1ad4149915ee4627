import { useState, type DragEvent } from "react";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { classes } from "../../ui/classes";
import { Icon } from "../../ui/Icon";
import { DRAG_TYPE } from "./CameraList";
import { LiveTile } from "./LiveTile";
import styles from "./wall.module.css";

interface Props {
  place: number;
  cameraId: string | null;
  full: boolean;
  /** Whether the tile's figures are shown over it. */
  figures: boolean;
  onChoose: () => void;
  onDropCamera: (camera: string) => void;
  onRemove: () => void;
  onFull: () => void;
}

/** A place of the wall: a camera's picture with its few controls, or an invitation to choose one. */
export function Place({ place, cameraId, full, figures, onChoose, onDropCamera, onRemove, onFull }: Props) {
  const { t } = useText();
  const { byId } = useTerritory();
  const [over, setOver] = useState(false);
  const name = cameraId === null ? t.wall.empty : (byId.get(cameraId)?.name ?? cameraId);
  const takes = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    <section
      className={classes(styles.place, over && styles.over, full && styles.full)}
      tabIndex={0}
      aria-label={t.wall.tile(place + 1, name)}
      data-place={place}
      data-testid={`tile-${place + 1}`}
      draggable={cameraId !== null}
      onDragStart={(event) => {
        if (cameraId !== null) event.dataTransfer.setData(DRAG_TYPE, cameraId);
      }}
      onDragOver={takes}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const camera = event.dataTransfer.getData(DRAG_TYPE);
        if (camera !== "") onDropCamera(camera);
      }}
      onDoubleClick={() => {
        if (cameraId !== null) onFull();
      }}
    >
      {cameraId === null ? (
        <button type="button" className={styles.emptyPlace} onClick={onChoose} data-testid={`choose-${place + 1}`}>
          <span aria-hidden="true" className={styles.plus}>+</span> {t.wall.choose}
        </button>
      ) : (
        <>
          <LiveTile cameraId={cameraId} figures={figures} />
          <div className={styles.tileTools}>
            <button type="button" onClick={onFull} aria-label={full ? t.wall.leaveFullScreen : t.wall.fullScreen}
              title={full ? t.wall.leaveFullScreen : t.wall.fullScreen} data-testid={`full-${place + 1}`}><Icon name="full" /></button>
            <button type="button" onClick={onRemove} aria-label={t.wall.remove} title={t.wall.remove} data-testid={`remove-${place + 1}`}><Icon name="close" /></button>
          </div>
        </>
      )}
    </section>
  );
}
