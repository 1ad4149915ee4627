import { useCallback, useEffect, useRef, useState } from "react";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { percent, toWire } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import { RATES, START } from "../../playback/state";
import type { Listing } from "../../playback/storage";
import { saveStill } from "../../playback/still";
import { MOST_CAMERAS } from "../../playback/sync";
import { coverageOf, following, zoomed, type Window } from "../../playback/timeline";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { useKeys } from "../../ui/keys";
import { useNow } from "../../ui/now";
import { tell, useRoute } from "../../ui/router";
import { Companion, Leader } from "./Companion";
import { Controls } from "./Controls";
import { Gaps } from "./Gaps";
import { Marks, withFrom, withTo, type Marked } from "./Marks";
import { Notices } from "./Notices";
import { Strip } from "./Strip";
import { Timeline } from "./Timeline";
import { usePlayer } from "./usePlayer";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./playback.module.css";

interface Props {
  camera: Camera;
  range: Span;
  /** Where to begin, the start of the range if null. */
  startMs: number | null;
  motive: string;
  /** The cameras played beside it. */
  others: readonly Camera[];
  onOthers: (others: readonly Camera[]) => void;
  onChange: () => void;
}

/** Before there is a player. */
const RESTING = { ...START, playing: false };
const EMPTY = { ranges: [], gaps: [] };

export function PlayerPanel({ camera, range, startMs, motive, others, onOthers, onChange }: Props) {
  const { t } = useText();
  const say = useSay();
  const { communeName } = useTerritory();
  // What it was opened with: the address follows the picture, and the motive may be changed elsewhere.
  const [{ start, why }] = useState({ start: startMs, why: motive });
  const video = useRef<HTMLVideoElement>(null);
  const { player, state, thumbs } = usePlayer(video, camera.id, range, why, start);
  const now = useNow(1000);
  const known: Window = { from: range.from, to: Math.max(range.from + 1000, Math.min(range.to, now)) };
  const [view, setView] = useState<Window>(known);
  const { shownMs, playing, rate, backward } = state ?? RESTING;
  const [marked, setMarked] = useState<Marked>({ from: null, to: null });
  const knownTo = known.to;

  useEffect(() => {
    if (shownMs === null || !playing) return;
    setView((old) => following(old, { from: range.from, to: knownTo }, shownMs));
  }, [shownMs, playing, range.from, knownTo]);

  usePlaceTold(now, shownMs);

  const changeRate = useCallback(
    (by: 1 | -1) => {
      const at = RATES.findIndex((one) => one === rate);
      player?.steer({ rate: RATES[Math.min(Math.max(at + by, 0), RATES.length - 1)] ?? 1 });
    },
    [player, rate],
  );
  const still = useCallback(async () => {
    if (video.current === null || shownMs === null) return;
    say(t.playback.stillDone(await saveStill(video.current, camera.id, shownMs)));
  }, [camera.id, say, shownMs, t]);
  const zoom = useCallback(
    (factor: number) => setView((old) => zoomed(old, { from: range.from, to: knownTo }, factor, shownMs ?? (old.from + old.to) / 2)),
    [range.from, knownTo, shownMs],
  );

  const onKey = useCallback(
    (event: KeyboardEvent): boolean => {
      const keys: Record<string, () => void> = {
        " ": () => player?.setPlaying(!playing),
        ",": () => player?.step(-1),
        ".": () => player?.step(1),
        ArrowLeft: () => player?.seek((shownMs ?? range.from) - (event.shiftKey ? 60_000 : 5000)),
        ArrowRight: () => player?.seek((shownMs ?? range.from) + (event.shiftKey ? 60_000 : 5000)),
        "<": () => changeRate(-1),
        ">": () => changeRate(1),
        "+": () => zoom(0.5),
        "-": () => zoom(2),
        s: () => void still(),
        r: () => player?.steer({ backward: !backward }),
        i: () => shownMs !== null && setMarked((old) => withFrom(old, shownMs)),
        o: () => shownMs !== null && setMarked((old) => withTo(old, shownMs)),
      };
      const work = keys[event.key];
      work?.();
      return work !== undefined;
    },
    [player, playing, backward, shownMs, range.from, changeRate, zoom, still],
  );
  useKeys(onKey);

  const { ranges, gaps } = state?.listing ?? EMPTY;
  return (
    <div className={styles.player} data-testid="view-player">
      <div className={styles.playerHead}>
        <h1>{camera.name} <small className={prose.hint}>{communeName(camera.commune)}</small></h1>
        <AddCamera taken={[camera, ...others]} onAdd={(one) => onOthers([...others, one])} />
        <Coverage known={known} listing={state?.listing ?? null} />
        <button type="button" className={classes(buttons.plain, spacing.end)} onClick={onChange} data-testid="playback-change">{t.playback.change}</button>
      </div>
      <div className={classes(styles.screens, others.length > 0 && (others.length > 3 ? styles.nine : styles.four))}>
        <div className={styles.screen}>
          <video ref={video} muted playsInline aria-label={camera.name} data-testid="player-video" tabIndex={-1} />
          <Notices state={state} />
          {others.length > 0 && <Leader camera={camera} state={state} />}
        </div>
        {others.map((one) => (
          <Companion key={one.id} camera={one} range={range} motive={why} leader={player} onLeave={() => onOthers(others.filter((other) => other !== one))} />
        ))}
      </div>
      <Controls player={player} playing={playing} rate={rate} backward={backward} shownMs={shownMs} onStill={() => void still()}
        onZoom={zoom} onZoomAll={() => setView(known)} />
      <Timeline view={view} known={known} ranges={ranges} gaps={gaps} buffered={player?.buffered() ?? []} cursorMs={shownMs}
        marked={marked} thumbs={thumbs} onMark={setMarked} onView={setView} onSeek={(ms) => player?.seek(ms)} />
      <Strip thumbs={thumbs} view={view} ranges={ranges} onSeek={(ms) => player?.seek(ms)} />
      <Gaps gaps={gaps} onSeek={(ms) => player?.seek(ms)} />
      <Marks cameraId={camera.id} marked={marked} shownMs={shownMs} onMark={setMarked} />
    </div>
  );
}

/** Puts another camera beside those shown. */
function AddCamera({ taken, onAdd }: { taken: readonly Camera[]; onAdd: (camera: Camera) => void }) {
  const { t } = useText();
  const { cameras, communeName } = useTerritory();
  const left = (cameras ?? []).filter((one) => taken.every((other) => other.id !== one.id));
  if (left.length === 0 || taken.length >= MOST_CAMERAS) return null;
  return (
    <select value="" aria-label={t.playback.sync.add} data-testid="add-camera"
      onChange={(event) => {
        const found = left.find((one) => one.id === event.target.value);
        if (found !== undefined) onAdd(found);
      }}>
      <option value="">{t.playback.sync.add}</option>
      {left.map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
    </select>
  );
}

/** How much of the range is recorded. */
function Coverage({ known, listing }: { known: Window; listing: Listing | null }) {
  const { t, language } = useText();
  if (listing === null) return null;
  const { share, gaps, tiny } = coverageOf(known, listing.ranges, listing.recording);
  return (
    <span className={prose.hint} data-testid="coverage">
      {t.playback.coverage(percent(share, language), gaps, tiny)}
      {" · "}
      {listing.recording ? t.playback.recordingNow : t.playback.notRecording}
    </span>
  );
}

/** Keeps the instant shown in the address, once a second. */
function usePlaceTold(now: number, shownMs: number | null): void {
  const { query } = useRoute();
  const latest = useRef({ query, shownMs });
  useEffect(() => {
    latest.current = { query, shownMs };
  });
  useEffect(() => {
    const { query: was, shownMs: at } = latest.current;
    if (at !== null) tell({ ...was, at: toWire(at) });
  }, [now]);
}
