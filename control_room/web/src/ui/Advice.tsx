import type { Camera, StreamState } from "../api/types";
import { useText } from "../i18n/text";
import { adviceKinds, hasAdvice } from "./adviceKinds";
import { Said } from "./Said";
import styles from "./Advice.module.css";

interface Props {
  camera: Camera;
}

/** The camera works, but a setting of it should be changed: a note, no alarm. Nothing where there is no advice. */
export function Advice({ camera }: Props) {
  const { t } = useText();
  if (camera.blocked_reason !== null || !hasAdvice(camera)) return null;
  return (
    <div className={styles.advice} data-testid="camera-advice">
      <strong><span aria-hidden="true">i</span> {t.advice.title}</strong>
      <OfStream state={camera.state} />
      {camera.sub_state !== null && camera.sub_state.advice !== camera.state.advice && <OfStream state={camera.sub_state} small />}
    </div>
  );
}

function OfStream({ state, small = false }: { state: StreamState; small?: boolean }) {
  const { t } = useText();
  const kinds = adviceKinds(state);
  if (kinds.length === 0) return null;
  return (
    <>
      {kinds.map((kind) => <span key={kind}>{small ? t.subStream(t.advice.kinds[kind]) : t.advice.kinds[kind]}</span>)}
      {kinds.includes("other") && <Said why={null} text={state.advice} title={t.advice.said} />}
    </>
  );
}
