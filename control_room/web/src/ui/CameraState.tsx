import type { Camera, CameraStatus, StreamState } from "../api/types";
import type { Messages } from "../i18n/fr";
import { useText } from "../i18n/text";
import { words } from "../i18n/words";
import { Said } from "./Said";
import { State, type Tone } from "./State";

const TONES: Record<CameraStatus, Tone> = {
  live: "good", connecting: "wait", stalled: "bad", refused: "bad", unreachable: "bad",
  unsupported: "bad", invalid: "bad", idle: "rest", unknown: "off",
};
const MARKS: Record<Tone, string> = { good: "●", wait: "◌", bad: "▲", rest: "○", off: "?" };

export const isTrouble = (camera: Camera): boolean =>
  camera.blocked_reason !== null || !["live", "connecting", "idle"].includes(camera.state.status);

/** The state of the small stream where it says more than that of the main one; null where it does not. */
export function tellingSub(camera: Camera): StreamState | null {
  const { sub_state: sub, state, blocked_reason: blocked } = camera;
  return sub === null || blocked !== null || sub.status === state.status ? null : sub;
}

/** Why a camera gives no picture, in the reader's words. */
export function stateReason(camera: Camera, t: Messages): string {
  return camera.blocked_reason === null ? t.statusReason[camera.state.status] : t.blocked;
}

/** The state by word, mark and colour: never by colour alone. */
export function CameraState({ camera }: { camera: Camera }) {
  const { t } = useText();
  const tone = camera.blocked_reason === null ? TONES[camera.state.status] : "off";
  return (
    <State tone={tone} data-testid="camera-state" data-status={camera.state.status}>
      <span aria-hidden="true">{MARKS[tone]}</span> {camera.blocked_reason === null ? t.status[camera.state.status] : t.blocked}
    </State>
  );
}

/** The small stream, where it is not as the main one; its reason where it is in trouble. Rest is said where `resting` asks. */
export function SubState({ camera, resting = false }: { camera: Camera; resting?: boolean }) {
  const { t } = useText();
  const state = tellingSub(camera);
  if (state === null || (state.status === "idle" && !resting)) return null;
  const tone = TONES[state.status];
  return (
    <>
      <State tone={tone} small data-testid="sub-state" data-status={state.status} title={t.statusReason[state.status]}>
        <span aria-hidden="true">{MARKS[tone]}</span> {t.subStream(t.status[state.status])}
      </State>
      {tone === "bad" && <Said why={state.why} text={state.reason} title={t.advice.said} />}
    </>
  );
}

const RECORDING: Record<Camera["recording"]["status"], Tone> = {
  off: "off", waiting: "wait", recording: "good", failing: "bad", unknown: "off",
};

export function RecordingState({ camera }: { camera: Camera }) {
  const { t, language } = useText();
  const { status, reason, why } = camera.recording;
  return (
    <State tone={RECORDING[status]} small data-testid="recording-state" data-status={status} title={words(why, t, language) ?? reason}>
      <span aria-hidden="true">{status === "recording" ? "■" : "□"}</span> {t.recording[status]}
    </State>
  );
}
