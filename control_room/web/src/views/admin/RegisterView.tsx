import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { camerasQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { plainDate } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { Advice } from "../../ui/Advice";
import { CameraState, RecordingState, SubState } from "../../ui/CameraState";
import { classes } from "../../ui/classes";
import { Confirm } from "../../ui/Confirm";
import { useQueryText } from "../../ui/router";
import { matches } from "../../ui/search";
import { State } from "../../ui/State";
import { Table, type Column } from "../../ui/Table";
import { CameraForm } from "./CameraForm";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import tables from "../../ui/Table.module.css";
import styles from "./Register.module.css";

type Open = { kind: "new" } | { kind: "edit" | "remove"; camera: Camera } | null;
/** A register of thousands is narrowed by its filter rather than shown whole. */
const MOST = 200;

export function RegisterView() {
  const { t } = useText();
  const words = t.admin.cameras;
  const say = useSay();
  const { cameras, communeName } = useTerritory();
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries(camerasQuery);
  const [typed, setTyped] = useQueryText("q");
  const [open, setOpen] = useState<Open>(null);
  const found = (cameras ?? []).filter((camera) =>
    matches(typed, camera.name, camera.place, communeName(camera.commune), camera.address_host, camera.authorisation?.number ?? words.without, camera.id),
  );
  const close = () => setOpen(null);
  const columns: Column<Camera>[] = [
    { id: "name", title: words.name, value: (camera) => camera.name, cell: (camera) => <>{camera.name}<span className={prose.hint}>{camera.place}</span></> },
    { id: "commune", title: t.commune, value: (camera) => communeName(camera.commune), cell: (camera) => communeName(camera.commune) },
    { id: "address", title: words.address, value: (camera) => camera.address_host, cell: (camera) => <Address camera={camera} /> },
    {
      id: "authorisation", title: words.authorisation, value: (camera) => camera.authorisation?.valid_until ?? "",
      cell: (camera) => <Permit camera={camera} />,
    },
    {
      id: "state", title: words.state, value: (camera) => t.status[camera.state.status], className: styles.states,
      cell: (camera) => <><CameraState camera={camera} /><SubState camera={camera} resting /><RecordingState camera={camera} /><Advice camera={camera} /></>,
    },
    {
      id: "tools", title: t.actions, untitled: true, className: tables.tools,
      cell: (camera) => (
        <>
          <button type="button" onClick={() => setOpen({ kind: "edit", camera })} data-testid={`camera-edit-${camera.id}`}>{t.edit}</button>
          <button type="button" onClick={() => setOpen({ kind: "remove", camera })} data-testid={`camera-remove-${camera.id}`}>{t.remove}</button>
        </>
      ),
    },
  ];
  return (
    <div className={spacing.pad} data-testid="view-register">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <input type="search" value={typed} aria-label={words.filter} placeholder={`${words.filter}  ( / )`} data-testid="register-search"
          onChange={(event) => setTyped(event.target.value)} />
        {found.length > MOST && <p className={prose.hint}>{t.admin.tooManyShown(MOST, found.length)}</p>}
        <button type="button" className={classes(buttons.primary, spacing.end)} onClick={() => setOpen({ kind: "new" })} data-testid="camera-new">{words.new}</button>
      </div>
      {cameras?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
      <Table columns={columns} rows={found} most={MOST} rowId={(camera) => camera.id} rowTestId={(camera) => `register-${camera.id}`}
        testId="register-table" label={words.title} />
      {(open?.kind === "new" || open?.kind === "edit") && (
        <CameraForm camera={open.kind === "edit" ? open.camera : null} onClose={close}
          onSaved={(name) => {
            say(t.admin.saved(name));
            refresh();
            close();
          }} />
      )}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.camera.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/cameras/{camera_id}", { params: { path: { camera_id: open.camera.id } } }));
            say(t.admin.removed(open.camera.name));
            refresh();
          }} />
      )}
    </div>
  );
}

/** Where the camera is, and what of its reading is not as most cameras have it. */
function Address({ camera }: { camera: Camera }) {
  const words = useText().t.admin.cameras;
  const reading = [
    camera.has_sub ? words.withSub : "",
    camera.opener === "av" ? "FFmpeg" : "",
    camera.transport === "udp" ? words.transports.udp : "",
  ].filter((one) => one !== "");
  return (
    <>
      <code>{camera.address_host}</code>
      {reading.length > 0 && <span className={prose.hint} data-testid="register-reading">{reading.join(" · ")}</span>}
    </>
  );
}

function Permit({ camera }: { camera: Camera }) {
  const { t, language } = useText();
  const words = t.admin.cameras;
  const permit = camera.authorisation;
  if (permit === null) return <State tone="bad">{words.without}</State>;
  return (
    <>
      {permit.number}
      <span className={prose.hint}>{words.until(plainDate(language, permit.valid_until))} · {words.retention(permit.days)}</span>
    </>
  );
}
