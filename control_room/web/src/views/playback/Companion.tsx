import { useEffect, useRef, useState } from "react";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { toWire, utcExact } from "../../i18n/times";
import type { Span } from "../../playback/planner";
import type { Player } from "../../playback/player";
import type { PlayerState } from "../../playback/state";
import { follow, type Offset } from "../../playback/sync";
import { Notices } from "./Notices";
import { usePlayer } from "./usePlayer";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

interface Props {
  camera: Camera;
  range: Span;
  motive: string;
  leader: Player | null;
  onLeave: () => void;
}

const utcOrNone = (ms: number | null): string => (ms === null ? "" : toWire(ms));

/** Whose instant the others follow: its own time is as uncertain as theirs. */
export function Leader({ camera, state }: { camera: Camera; state: PlayerState | null }) {
  const { t } = useText();
  if (state === null || state.shownMs === null) return null;
  return (
    <p className={styles.leads} data-testid="leader" data-wrong={state.wrongMs ?? ""}>
      <strong>{camera.name}</strong>{" "}
      <span className={prose.mono} title={t.playback.sync.clock(state.clock)}>
        {utcExact(state.shownMs)} · {t.playback.sync.uncertain(state.clock, state.wrongMs)}
      </span>
    </p>
  );
}

/** Another camera, held at the instant of the one that leads. */
export function Companion({ camera, range, motive, leader, onLeave }: Props) {
  const { t } = useText();
  const video = useRef<HTMLVideoElement>(null);
  // Where it begins; later it follows.
  const [startMs] = useState(() => leader?.positionMs ?? null);
  const { player, state } = usePlayer(video, camera.id, range, motive, startMs, true);
  const [offset, setOffset] = useState<Offset | null>(null);
  useEffect(() => {
    if (leader === null || player === null) return;
    return follow(leader, player, (next) => setOffset((old) => (old !== null && next !== null && Math.round(old.ms) === Math.round(next.ms) ? old : next)));
  }, [leader, player]);
  const shownMs = state?.shownMs ?? null;
  return (
    <figure className={styles.tile} data-testid="companion" data-offset={offset === null ? "" : Math.round(offset.ms)} data-utc={utcOrNone(shownMs)} data-wrong={state?.wrongMs ?? ""}>
      <video ref={video} muted playsInline aria-label={camera.name} tabIndex={-1} />
      {offset === null && <Notices state={state} />}
      <figcaption>
        <strong>{camera.name}</strong>{" "}
        {offset === null || shownMs === null ? <span className={prose.hint}>{t.playback.sync.nothing}</span> : (
          <span className={prose.mono} title={t.playback.sync.clock(state?.clock ?? "")}>
            {utcExact(shownMs)} · {t.playback.sync.offset(Math.round(offset.ms))} · {t.playback.sync.uncertain(state?.clock ?? "", state?.wrongMs ?? null)}
          </span>
        )}
        <button type="button" className={buttons.plain} onClick={onLeave} aria-label={t.playback.sync.remove(camera.name)}>×</button>
      </figcaption>
    </figure>
  );
}
