import { useCallback, useEffect, useRef, useState } from "react";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, percent, utcExact } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import { RATES } from "../../playback/player";
import { saveStill } from "../../playback/still";
import { following, holes, zoomed, type Window } from "../../playback/timeline";
import { useSay } from "../../ui/Announcer";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { useNow } from "../../ui/now";
import { Notices } from "./Notices";
import { Timeline } from "./Timeline";
import { usePlayer } from "./usePlayer";

interface Props {
  camera: Camera;
  range: Span;
  motive: string;
  onChange: () => void;
}

export function PlayerPanel({ camera, range, motive, onChange }: Props) {
  const { t, language } = useText();
  const say = useSay();
  const { communeName } = useTerritory();
  const video = useRef<HTMLVideoElement>(null);
  const { player, state } = usePlayer(video, camera.id, range, motive);
  const now = useNow(1000);
  const known: Window = { from: range.from, to: Math.max(range.from + 1000, Math.min(range.to, now)) };
  const [view, setView] = useState<Window>(known);
  const shownMs = state?.shownMs ?? null;
  const playing = state?.playing ?? false;
  const rate = state?.rate ?? 1;
  const knownTo = known.to;

  useEffect(() => {
    if (shownMs === null || !playing) return;
    setView((old) => following(old, { from: range.from, to: knownTo }, shownMs));
  }, [shownMs, playing, range.from, knownTo]);

  const changeRate = useCallback(
    (by: 1 | -1) => {
      const at = RATES.findIndex((one) => one === rate);
      player?.setRate(RATES[Math.min(Math.max(at + by, 0), RATES.length - 1)] ?? 1);
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
      };
      const work = keys[event.key];
      work?.();
      return work !== undefined;
    },
    [player, playing, shownMs, range.from, changeRate, zoom, still],
  );
  useKeys(onKey);

  const ranges = state?.listing?.ranges ?? [];
  const gaps = holes(known, ranges).filter((gap) => gap.to - gap.from >= 1000 && gap.to < known.to - 5000);
  const covered = ranges.reduce((sum, one) => sum + Math.max(0, Math.min(one.to, known.to) - Math.max(one.from, known.from)), 0);
  return (
    <div className="player" data-testid="view-player">
      <div className="player-head">
        <h1>{camera.name} <small className="hint">{communeName(camera.commune)}</small></h1>
        {state?.listing != null && (
          <span className="hint" data-testid="coverage">
            {t.playback.coverage(percent(Math.min(1, covered / (known.to - known.from))), gaps.length)}
            {" · "}
            {state.listing.recording ? t.playback.recordingNow : t.playback.notRecording}
          </span>
        )}
        <button type="button" className="plain end" onClick={onChange} data-testid="playback-change">{t.playback.change}</button>
      </div>
      <div className="screen">
        <video ref={video} muted playsInline aria-label={camera.name} data-testid="player-video" tabIndex={-1} />
        <Notices state={state} />
      </div>
      <div className="controls">
        <button type="button" onClick={() => player?.step(-1)} aria-label={t.playback.stepBack} title={`${t.playback.stepBack} ( , )`} data-testid="step-back"><Icon name="stepBack" /></button>
        <button type="button" className="primary" onClick={() => player?.setPlaying(!playing)} data-testid="play" aria-pressed={playing}>
          <Icon name={playing ? "pause" : "play"} /> {playing ? t.playback.pause : t.playback.play}
        </button>
        <button type="button" onClick={() => player?.step(1)} aria-label={t.playback.stepForward} title={`${t.playback.stepForward} ( . )`} data-testid="step-forward"><Icon name="stepForward" /></button>
        <div role="group" aria-label={t.playback.speed} className="switch">
          {RATES.map((one) => (
            <button key={one} type="button" aria-pressed={one === rate} onClick={() => player?.setRate(one)} data-testid={`speed-${one}`}>
              ×{one.toLocaleString(language)}
            </button>
          ))}
        </div>
        <p className="shown-at" data-testid="shown-at" data-utc={shownMs === null ? "" : new Date(Math.round(shownMs)).toISOString()}>
          {shownMs === null ? t.playback.noFrame : (
            <>
              <strong className="mono">{utcExact(shownMs)} UTC</strong>
              <span className="hint">{dateTime(language, shownMs)}</span>
            </>
          )}
        </p>
        <button type="button" disabled={shownMs === null} onClick={() => void still()} data-testid="still">{t.playback.still}</button>
        <div role="group" className="switch">
          <button type="button" onClick={() => zoom(2)} aria-label={t.playback.zoomOut} title={t.playback.zoomOut}>−</button>
          <button type="button" onClick={() => setView(known)} aria-label={t.playback.zoomAll} title={t.playback.zoomAll} data-testid="zoom-all">↔</button>
          <button type="button" onClick={() => zoom(0.5)} aria-label={t.playback.zoomIn} title={t.playback.zoomIn} data-testid="zoom-in">+</button>
        </div>
      </div>
      <Timeline view={view} known={known} ranges={ranges} buffered={player?.buffered() ?? []} cursorMs={shownMs}
        onView={setView} onSeek={(ms) => player?.seek(ms)} />
    </div>
  );
}
