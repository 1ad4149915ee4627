import type { Problem } from "../../api/problem";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { errorOf, Field } from "../../ui/Field";
import type { CameraDraft } from "./cameraDraft";
import fields from "../../ui/Field.module.css";
import spacing from "../../ui/spacing.module.css";

interface Props {
  draft: CameraDraft;
  camera: Camera | null;
  problem: Problem | null;
  onChange: (change: Partial<CameraDraft>) => void;
}

/** Address and credentials of a camera: write only. */
export function SourceFields({ draft, camera, problem, onChange }: Props) {
  const { t } = useText();
  const words = t.admin.cameras;
  const stored = camera?.has_credentials === true;
  const hint = camera === null ? undefined : stored ? words.credentialsStored : words.noCredentials;
  return (
    <>
      <Field label={words.address} hint={camera === null ? words.addressHint : words.stored(camera.address_host)} error={errorOf(problem, "address")}>
        {(ids) => (
          <input {...ids} required={camera === null} maxLength={2048} autoComplete="off" spellCheck={false} value={draft.address}
            placeholder={camera === null ? "rtsp://" : ""} data-testid="camera-address" onChange={(event) => onChange({ address: event.target.value })} />
        )}
      </Field>
      <div className={spacing.pair}>
        <Field label={`${words.username} (${t.optional})`} hint={hint} error={errorOf(problem, "username")}>
          {(ids) => (
            <input {...ids} maxLength={256} autoComplete="off" spellCheck={false} disabled={draft.clearCredentials} value={draft.username}
              data-testid="camera-username" onChange={(event) => onChange({ username: event.target.value })} />
          )}
        </Field>
        <Field label={`${words.password} (${t.optional})`} error={errorOf(problem, "password")}>
          {(ids) => (
            <input {...ids} type="password" maxLength={256} autoComplete="new-password" disabled={draft.clearCredentials} value={draft.password}
              data-testid="camera-password" onChange={(event) => onChange({ password: event.target.value })} />
          )}
        </Field>
      </div>
      {stored && (
        <label className={fields.check}>
          <input type="checkbox" checked={draft.clearCredentials} data-testid="camera-clear" onChange={(event) => onChange({ clearCredentials: event.target.checked })} />
          {words.clearCredentials}
        </label>
      )}
    </>
  );
}
