import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf, Field } from "../../ui/Field";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import { AuthorisationFields } from "./AuthorisationFields";
import { cameraChange, draftOf, newCamera, type CameraDraft } from "./cameraDraft";
import { ReadingFields } from "./ReadingFields";
import { SourceFields } from "./SourceFields";
import buttons from "../../ui/buttons.module.css";
import fields from "../../ui/Field.module.css";
import spacing from "../../ui/spacing.module.css";

interface Props {
  camera: Camera | null;
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function CameraForm({ camera, onSaved, onClose }: Props) {
  const { t } = useText();
  const words = t.admin.cameras;
  const { communes } = useTerritory();
  const [draft, setDraft] = useState(() => draftOf(camera, communes?.[0]?.code ?? ""));
  const set = (change: Partial<CameraDraft>) => setDraft((old) => ({ ...old, ...change }));
  const send = useMutation({
    mutationFn: () =>
      camera === null
        ? ask(api.POST("/api/v1/cameras", { body: newCamera(draft) }))
        : ask(api.PATCH("/api/v1/cameras/{camera_id}", { params: { path: { camera_id: camera.id } }, body: cameraChange(draft) })),
    onSuccess: () => onSaved(draft.name),
  });
  const problem = send.error;

  return (
    <DraftDialog title={camera === null ? words.new : words.edit(camera.name)} onClose={onClose} testId="camera-form" wide>
      {(close) => (
        <form onSubmit={submitting(send)}>
          <div className={spacing.pair}>
            <Field label={t.commune} error={errorOf(problem, "commune")}>
              {(ids) => (
                <select {...ids} required disabled={camera !== null} value={draft.commune} data-testid="camera-commune"
                  onChange={(event) => set({ commune: event.target.value })}>
                  {communes?.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
                </select>
              )}
            </Field>
            <Field label={words.name} error={errorOf(problem, "name")}>
              {(ids) => <input {...ids} required maxLength={120} value={draft.name} data-testid="camera-name" onChange={(event) => set({ name: event.target.value })} />}
            </Field>
          </div>
          <Field label={words.place} error={errorOf(problem, "place")}>
            {(ids) => <input {...ids} maxLength={200} value={draft.place} data-testid="camera-place" onChange={(event) => set({ place: event.target.value })} />}
          </Field>
          <SourceFields draft={draft} camera={camera} problem={problem} onChange={set} />
          <ReadingFields draft={draft} camera={camera} problem={problem} onChange={set} />
          <div className={spacing.pair}>
            <Field label={`${words.lat} (${t.optional})`} error={errorOf(problem, "lat")}>
              {(ids) => <input {...ids} inputMode="decimal" pattern="-?[0-9]+([.,][0-9]+)?" value={draft.lat} data-testid="camera-lat" onChange={(event) => set({ lat: event.target.value })} />}
            </Field>
            <Field label={`${words.lon} (${t.optional})`} error={errorOf(problem, "lon")}>
              {(ids) => <input {...ids} inputMode="decimal" pattern="-?[0-9]+([.,][0-9]+)?" value={draft.lon} data-testid="camera-lon" onChange={(event) => set({ lon: event.target.value })} />}
            </Field>
          </div>
          <AuthorisationFields draft={draft} problem={problem} onChange={set} />
          <div className={spacing.pair}>
            <label className={fields.check}>
              <input type="checkbox" checked={draft.recorded} data-testid="camera-recorded" onChange={(event) => set({ recorded: event.target.checked })} />
              {words.recorded}
            </label>
            <label className={fields.check}>
              <input type="checkbox" checked={draft.enabled} data-testid="camera-enabled" onChange={(event) => set({ enabled: event.target.checked })} />
              {words.enabled}
            </label>
          </div>
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="camera-save">{camera === null ? t.create : t.save}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
