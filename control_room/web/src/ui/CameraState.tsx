import type { Camera, CameraStatus } from "../api/types";
import type { Messages } from "../i18n/fr";
import { useText } from "../i18n/text";

type Tone = "good" | "wait" | "bad" | "off";

const TONES: Record<CameraStatus, Tone> = {
  live: "good", connecting: "wait", stalled: "bad", refused: "bad", unreachable: "bad",
  unsupported: "bad", invalid: "bad", idle: "off", unknown: "off",
};
const MARKS: Record<Tone, string> = { good: "●", wait: "◌", bad: "▲", off: "?" };

export const isTrouble = (camera: Camera): boolean =>
  camera.blocked_reason !== null || !["live", "connecting", "idle"].includes(camera.state.status);

/** Why a camera gives no picture, in the reader's words. */
export function stateReason(camera: Camera, t: Messages): string {
  return camera.blocked_reason === null ? t.statusReason[camera.state.status] : t.blocked;
}

/** The state by word, mark and colour: never by colour alone. */
export function CameraState({ camera }: { camera: Camera }) {
  const { t } = useText();
  const tone = camera.blocked_reason === null ? TONES[camera.state.status] : "off";
  return (
    <span className={`state ${tone}`} data-testid="camera-state" data-status={camera.state.status}>
      <span aria-hidden="true">{MARKS[tone]}</span> {camera.blocked_reason === null ? t.status[camera.state.status] : t.blocked}
    </span>
  );
}

const RECORDING: Record<Camera["recording"]["status"], Tone> = {
  off: "off", waiting: "wait", recording: "good", failing: "bad", unknown: "off",
};

export function RecordingState({ camera }: { camera: Camera }) {
  const { t } = useText();
  const { status, reason } = camera.recording;
  return (
    <span className={`state small ${RECORDING[status]}`} data-testid="recording-state" data-status={status} title={reason}>
      <span aria-hidden="true">{status === "recording" ? "■" : "□"}</span> {t.recording[status]}
    </span>
  );
}
