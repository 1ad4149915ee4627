import { useState } from "react";
import { api, ask } from "../../api/client";
import { usePerson } from "../../api/session";
import type { AccessRequest, Export } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { href } from "../../ui/router";
import { Said } from "../../ui/Said";
import { State } from "../../ui/State";
import { ActDialog } from "./ActDialog";
import { Download } from "./Download";
import { ExportProgress } from "./ExportProgress";
import { MaskTimes, SeeMasks } from "./MaskTimes";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./desk.module.css";

type Act = "approve" | "download";
type Copy = AccessRequest["copies"][number];
const AGAIN = new Set<Export["status"]>(["failed", "cancelled", "destroyed"]);

interface Props {
  one: AccessRequest;
  exports: readonly Export[];
  names: (camera: string) => string;
  onDone: () => void;
}

/** The redacted copies of an open request, a camera each: drawn by one person, approved by another, made by storage. */
export function AccessCopies({ one, exports, names, onDone }: Props) {
  return (
    <div className={styles.copies}>
      {one.cameras.map((camera) => {
        const copy = one.copies.find((made) => made.camera === camera);
        return <OfCamera key={camera} one={one} camera={camera} name={names(camera)} copy={copy} exported={exports.find((made) => made.id === copy?.export)} onDone={onDone} />;
      })}
    </div>
  );
}

interface OfProps {
  one: AccessRequest;
  camera: string;
  name: string;
  copy: Copy | undefined;
  exported: Export | undefined;
  onDone: () => void;
}

function OfCamera({ one, camera, name, copy, exported, onDone }: OfProps) {
  const { t } = useText();
  const [act, setAct] = useState<Act | null>(null);
  const undecided = copy === undefined || copy.export === "" || (exported !== undefined && AGAIN.has(exported.status));
  return (
    <div className={styles.copy} data-testid={`copy-${camera}`}>
      {copy !== undefined && <Told copy={copy} name={name} exported={exported} />}
      <div className={styles.acts}>
        {undecided && <a className={buttons.button} href={href("playback", camera, { from: one.from, to: one.to, for: one.id })} data-testid="copy-draw">{t.access.draw(name)}</a>}
        {copy !== undefined && <SeeMasks id={one.id} camera={camera} from={copy.from} to={copy.to} first={copy.masks[0]?.from ?? copy.from} label={t.access.see(name)} />}
        {copy !== undefined && undecided && <Decide copy={copy} name={name} onAct={setAct} />}
        {exported?.status === "done" && <button type="button" onClick={() => setAct("download")} data-testid="copy-download">{t.exports.download}</button>}
      </div>
      {act !== null && copy !== undefined && <Doing act={act} request={one.id} copy={copy} name={name} onDone={onDone} onClose={() => setAct(null)} />}
    </div>
  );
}

/** Who drew it, and how far its export is. */
function Told({ copy, name, exported }: { copy: Copy; name: string; exported: Export | undefined }) {
  const { t, language } = useText();
  return (
    <>
      <span>{t.access.copyOf(name, copy.drawn_by, dateTime(language, Date.parse(copy.drawn_at)))}, {t.masks.redactedOf(copy.masks.length)}</span>
      {exported !== undefined && (
        <>
          <State tone={exported.status === "done" ? "good" : AGAIN.has(exported.status) ? "bad" : "wait"} data-testid="copy-status">{t.exports.status[exported.status]}</State>
          <ExportProgress one={exported} />
          <Said why={exported.why} text={exported.reason} testId="copy-reason" />
        </>
      )}
    </>
  );
}

/** What can be done with one that no export is made of: whoever drew it decides nothing. */
function Decide({ copy, name, onAct }: { copy: Copy; name: string; onAct: (act: Act) => void }) {
  const { t } = useText();
  const person = usePerson();
  if (copy.drawn_by === person.login) return <span className={prose.hint} data-testid="copy-own">{t.access.own}</span>;
  return (
    <button type="button" className={buttons.primary} onClick={() => onAct("approve")} data-testid="copy-approve">
      {copy.export === "" ? t.access.approve(name) : t.access.again(name)}
    </button>
  );
}

interface DoingProps {
  act: Act;
  request: string;
  copy: Copy;
  name: string;
  onDone: () => void;
  onClose: () => void;
}

function Doing({ act, request, copy, name, onDone, onClose }: DoingProps) {
  const { t } = useText();
  const say = useSay();
  if (act === "download") return <Download id={copy.export} onReady={onClose} onClose={onClose} />;
  const params = { path: { request_id: request, camera_id: copy.camera } };
  return (
    <ActDialog title={t.access.approve(name)} explain={t.access.approveAsk} testId="copy-act" onClose={onClose}
      onDone={() => { say(t.access.approved); onDone(); }}
      onSend={(motive) => ask(api.POST("/api/v1/access-requests/{request_id}/copies/{camera_id}/approve", { params, body: { version: copy.version, motive } }))}>
      <MaskTimes masks={copy.masks} of={request} camera={copy.camera} />
    </ActDialog>
  );
}
