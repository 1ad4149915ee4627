import { useState } from "react";
import { api, ask } from "../../api/client";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { plainDate } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { CameraState, RecordingState } from "../../ui/CameraState";
import { Confirm } from "../../ui/Confirm";
import { matches } from "../../ui/search";
import { CameraForm } from "./CameraForm";

type Open = { kind: "new" } | { kind: "edit" | "remove"; camera: Camera } | null;
/** A register of thousands is narrowed by its filter rather than shown whole. */
const MOST = 200;

export function RegisterView() {
  const { t, language } = useText();
  const words = t.admin.cameras;
  const say = useSay();
  const { cameras, communeName } = useTerritory();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState<Open>(null);
  const found = (cameras.data ?? []).filter((camera) =>
    matches(typed, camera.name, camera.place, communeName(camera.commune), camera.address_host, camera.authorisation?.number ?? words.without, camera.id),
  );
  const close = () => setOpen(null);
  return (
    <div className="pad" data-testid="view-register">
      <div className="title-row">
        <h1>{words.title}</h1>
        <input type="search" value={typed} aria-label={words.filter} placeholder={`${words.filter}  ( / )`} data-testid="register-search"
          onChange={(event) => setTyped(event.target.value)} />
        {found.length > MOST && <p className="hint">{t.admin.tooManyShown(MOST, found.length)}</p>}
        <button type="button" className="primary end" onClick={() => setOpen({ kind: "new" })} data-testid="camera-new">{words.new}</button>
      </div>
      {cameras.data?.length === 0 && <p className="hint">{words.empty}</p>}
      <div className="table-wrap">
        <table data-testid="register-table">
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{t.commune}</th>
              <th scope="col">{words.address}</th>
              <th scope="col">{words.authorisation}</th>
              <th scope="col">{words.state}</th>
              <th scope="col"><span className="visually-hidden">{t.actions}</span></th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, MOST).map((camera) => (
              <tr key={camera.id} data-testid={`register-${camera.id}`}>
                <td>{camera.name}<span className="hint">{camera.place}</span></td>
                <td>{communeName(camera.commune)}</td>
                <td><code>{camera.address_host}</code></td>
                <td>
                  {camera.authorisation === null ? <span className="state bad">{words.without}</span> : (
                    <>
                      {camera.authorisation.number}
                      <span className="hint">
                        {words.until(plainDate(language, camera.authorisation.valid_until))} · {words.retention(camera.authorisation.days)}
                      </span>
                    </>
                  )}
                </td>
                <td className="states"><CameraState camera={camera} /><RecordingState camera={camera} /></td>
                <td className="tools">
                  <button type="button" onClick={() => setOpen({ kind: "edit", camera })} data-testid={`camera-edit-${camera.id}`}>{t.edit}</button>
                  <button type="button" onClick={() => setOpen({ kind: "remove", camera })} data-testid={`camera-remove-${camera.id}`}>{t.remove}</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(open?.kind === "new" || open?.kind === "edit") && (
        <CameraForm camera={open.kind === "edit" ? open.camera : null} onClose={close}
          onSaved={(name) => {
            say(t.admin.saved(name));
            cameras.refresh();
            close();
          }} />
      )}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.camera.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/cameras/{camera_id}", { params: { path: { camera_id: open.camera.id } } }));
            say(t.admin.removed(open.camera.name));
            cameras.refresh();
          }} />
      )}
    </div>
  );
}
