import { useState } from "react";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import type { Span } from "../../playback/planner";
import { go } from "../../ui/router";
import { OpenForm } from "./OpenForm";
import { PlayerPanel } from "./PlayerPanel";

interface Opened {
  range: Span;
  motive: string;
}

/** Playback of one camera: first which range and why, then the pictures. */
export function PlaybackView({ cameraId }: { cameraId: string }) {
  const { t } = useText();
  const { byId, cameras, communeName } = useTerritory();
  const [opened, setOpened] = useState<Opened | null>(null);
  const camera = byId.get(cameraId);
  if (opened !== null && camera !== undefined) {
    return <PlayerPanel camera={camera} range={opened.range} motive={opened.motive} onChange={() => setOpened(null)} />;
  }
  return (
    <div className="pad narrow" data-testid="view-playback">
      <h1>{t.playback.title}</h1>
      <label className="field">
        <span>{t.camera}</span>
        <select value={camera === undefined ? "" : cameraId} data-testid="playback-camera" onChange={(event) => go("playback", event.target.value)}>
          <option value="" disabled>{t.playback.pickCamera}</option>
          {(cameras.data ?? []).map((one) => (
            <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>
          ))}
        </select>
      </label>
      {camera !== undefined && <OpenForm onOpen={(range, motive) => setOpened({ range, motive })} />}
    </div>
  );
}
