import { useText } from "../../i18n/text";
import { dateTime, toWire, utcExact } from "../../i18n/times";
import type { Player } from "../../playback/player";
import { RATES } from "../../playback/state";
import { Icon } from "../../ui/Icon";
import type { MaskEditor } from "./useMaskEditor";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

interface Props {
  player: Player | null;
  playing: boolean;
  rate: number;
  backward: boolean;
  shownMs: number | null;
  onStill: () => void;
  onZoom: (factor: number) => void;
  onZoomAll: () => void;
  /** Null where masks are looked at only. */
  masks: MaskEditor | null;
}

export function Controls({ player, playing, rate, backward, shownMs, onStill, onZoom, onZoomAll, masks }: Props) {
  const { t, language } = useText();
  return (
    <div className={styles.controls}>
      <button type="button" onClick={() => player?.step(-1)} aria-label={t.playback.stepBack} title={`${t.playback.stepBack} ( , )`} data-testid="step-back"><Icon name="stepBack" /></button>
      <button type="button" className={buttons.primary} onClick={() => player?.setPlaying(!playing)} data-testid="play" aria-pressed={playing}>
        <Icon name={playing ? "pause" : "play"} /> {playing ? t.playback.pause : t.playback.play}
      </button>
      <button type="button" onClick={() => player?.step(1)} aria-label={t.playback.stepForward} title={`${t.playback.stepForward} ( . )`} data-testid="step-forward"><Icon name="stepForward" /></button>
      <button type="button" aria-pressed={backward} onClick={() => player?.steer({ backward: !backward })} title={`${t.playback.backward} ( r )`} data-testid="backward">
        <Icon name="backward" /> {t.playback.backward}
      </button>
      <div role="group" aria-label={t.playback.speed} className={buttons.switch}>
        {RATES.map((one) => (
          <button key={one} type="button" aria-pressed={one === rate} onClick={() => player?.steer({ rate: one })} data-testid={`speed-${one}`}>
            ×{one.toLocaleString(language)}
          </button>
        ))}
      </div>
      <p className={styles.shownAt} data-testid="shown-at" data-utc={shownMs === null ? "" : toWire(shownMs)}>
        {shownMs === null ? t.playback.noFrame : (
          <>
            <strong className={prose.mono}>{utcExact(shownMs)} UTC</strong>
            <span className={prose.hint}>{dateTime(language, shownMs)}</span>
          </>
        )}
      </p>
      <button type="button" disabled={shownMs === null} onClick={() => onStill()} data-testid="still">{t.playback.still}</button>
      {masks !== null && (
        <button type="button" aria-pressed={masks.on} className={masks.on ? buttons.primary : undefined} onClick={masks.toggle} title={`${t.masks.title} ( m )`} data-testid="masks">{t.masks.title}</button>
      )}
      <div role="group" className={buttons.switch}>
        <button type="button" onClick={() => onZoom(2)} aria-label={t.playback.zoomOut} title={t.playback.zoomOut}>−</button>
        <button type="button" onClick={() => onZoomAll()} aria-label={t.playback.zoomAll} title={t.playback.zoomAll} data-testid="zoom-all">↔</button>
        <button type="button" onClick={() => onZoom(0.5)} aria-label={t.playback.zoomIn} title={t.playback.zoomIn} data-testid="zoom-in">+</button>
      </div>
    </div>
  );
}
