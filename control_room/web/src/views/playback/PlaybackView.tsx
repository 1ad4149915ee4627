import { useMemo } from "react";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { MOST_CAMERAS } from "../../playback/sync";
import { classes } from "../../ui/classes";
import { setMotive, useMotive } from "../../ui/motive";
import { instantIn, rangeIn, recordingIn, type Query } from "../../ui/place";
import { go, tell, useRoute } from "../../ui/router";
import { OpenForm } from "./OpenForm";
import { PlayerPanel } from "./PlayerPanel";
import fields from "../../ui/Field.module.css";
import notes from "../../ui/note.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./playback.module.css";

/** How far the range reaches beyond now when the recording in progress is followed. */
const FOLLOW_MS = 3_600_000;

/**
 * Playback of one camera: first which range and why, then the pictures. The address has the camera, the range and the
 * instant shown, never the motive: whoever comes by a link and gave none yet is asked for theirs.
 */
export function PlaybackView({ cameraId }: { cameraId: string }) {
  const { t } = useText();
  const { byId, cameras, communeName } = useTerritory();
  const { query } = useRoute();
  const motive = useMotive();
  const camera = byId.get(cameraId);
  const range = useOpened(query);
  const about = aboutIn(query);
  if (range !== null && camera !== undefined && motive !== "") {
    return (
      <PlayerPanel key={`${range.from}-${range.to} ${about.for} ${about.masks}`} request={about.for} review={about.masks} camera={camera} range={range} startMs={instantIn(query, "at")} motive={motive}
        others={camerasIn(query["with"] ?? "", cameraId, byId)} onOthers={(others) => tell({ ...query, with: others.map((one) => one.id).join(",") })}
        onChange={() => go("playback", cameraId)} />
    );
  }
  return (
    <div className={classes(spacing.pad, styles.narrow)} data-testid="view-playback">
      <h1>{t.playback.title}</h1>
      {cameraId !== "" && cameras !== undefined && camera === undefined && (
        <p className={classes(notes.note, notes.bad)} role="alert" data-testid="unknown-camera">{t.unknownCamera(cameraId)}</p>
      )}
      <label className={fields.field}>
        <span>{t.camera}</span>
        <select value={camera === undefined ? "" : cameraId} data-testid="playback-camera" onChange={(event) => go("playback", event.target.value)}>
          <option value="" disabled>{t.playback.pickCamera}</option>
          {(cameras ?? []).map((one) => (
            <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>
          ))}
        </select>
      </label>
      {camera !== undefined && (
        <OpenForm cameraId={cameraId} told={instantIn(query, "from") === null ? null : rangeIn(query)} endless={!("to" in query)} key={`${query["from"] ?? ""} ${query["to"] ?? ""}`}
          onOpen={(from, to, why) => {
            setMotive(why);
            const at = query["at"] ?? "";
            go("playback", cameraId, { ...about, from: toWire(from), to: to === null ? "" : toWire(to), at: query["from"] === toWire(from) ? at : "" });
          }} />
      )}
    </div>
  );
}

/** For which access request masks are drawn, and of which request they are looked at. */
const aboutIn = (query: Query) => ({ for: query["for"] ?? "", masks: query["masks"] ?? "" });

/** The cameras that an address names beside the first. */
function camerasIn(told: string, first: string, byId: ReadonlyMap<string, Camera>): Camera[] {
  const named = [...new Set(told.split(","))].filter((id) => id !== first).flatMap((id) => byId.get(id) ?? []);
  return named.slice(0, MOST_CAMERAS - 1);
}

/** The range that the address names; the end of one that is followed is fixed when it is opened. */
function useOpened(query: Query) {
  const { from = "", to } = query;
  return useMemo(() => {
    const found = recordingIn(to === undefined ? { from } : { from, to });
    return found === null ? null : { from: found.from, to: found.to ?? Date.now() + FOLLOW_MS };
  }, [from, to]);
}
