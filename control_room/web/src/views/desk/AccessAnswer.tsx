import { useState } from "react";
import { api, ask } from "../../api/client";
import type { AccessRequest, Export } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { SelectField } from "../../ui/SelectField";
import { TextField } from "../../ui/TextField";
import { ActDialog } from "./ActDialog";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";

type Answered = "redacted-copy" | "destroyed" | "refused";
type Ground = NonNullable<NonNullable<AccessRequest["ending"]>["ground"]>;
const HOW: readonly Answered[] = ["redacted-copy", "destroyed", "refused"];

/** The finished redacted copies of what a request asks for. */
const copiesFor = (one: AccessRequest, exports: readonly Export[]): Export[] =>
  exports.filter((made) =>
    made.status === "done" && made.ending === "" && made.masks > 0 && made.cameras.every((camera) => one.cameras.includes(camera)) &&
    Date.parse(made.from) >= Date.parse(one.from) && Date.parse(made.to) <= Date.parse(one.to));

interface Props {
  one: AccessRequest;
  exports: readonly Export[];
  names: (camera: string) => string;
  onDone: () => void;
  onClose: () => void;
}

/** Ends a request. What is said to be handed over or gone is checked by the server, with storage. */
export function AccessAnswer({ one, exports, names, onDone, onClose }: Props) {
  const { t } = useText();
  const words = t.access;
  const say = useSay();
  const [status, setStatus] = useState<Answered>("redacted-copy");
  const [ground, setGround] = useState<Ground>("procedures");
  const [medium, setMedium] = useState("");
  const ready = copiesFor(one, exports);
  const [left, setLeft] = useState<readonly string[]>([]);
  const copying = status === "redacted-copy";
  return (
    <ActDialog title={words.answer} explain={one.person} testId="access-dialog" onClose={onClose}
      onDone={() => { say(words.done); onDone(); }}
      onSend={(motive) =>
        ask(api.POST("/api/v1/access-requests/{request_id}/end", {
          params: { path: { request_id: one.id } },
          body: {
            status, motive,
            ground: status === "refused" ? ground : null,
            packages: copying ? ready.map((made) => made.id).filter((id) => !left.includes(id)) : [],
            medium: copying ? medium : "",
          },
        }))}>
      <SelectField label={words.how} value={status} onChange={(value) => setStatus(value as Answered)} testId="access-how"
        options={HOW.map((value) => [value, words.status[value]] as const)} />
      {status === "refused" && (
        <SelectField label={words.ground} value={ground} onChange={(value) => setGround(value as Ground)} testId="access-ground" options={Object.entries(words.grounds)} />
      )}
      {copying && (
        <>
          <fieldset className={spacing.stack}>
            <legend>{words.packages}</legend>
            {ready.length === 0 && <p className={notes.note} data-testid="access-no-copy">{words.noPackages}</p>}
            {ready.map((made) => (
              <label key={made.id}>
                <input type="checkbox" checked={!left.includes(made.id)} data-testid={`access-copy-${made.id}`}
                  onChange={(event) => setLeft(event.target.checked ? left.filter((id) => id !== made.id) : [...left, made.id])} />{" "}
                {made.cameras.map(names).join(", ")} ({t.masks.redactedOf(made.masks)}, {made.id})
              </label>
            ))}
          </fieldset>
          <TextField label={words.medium} value={medium} onChange={setMedium} testId="access-medium" />
          <p className={prose.hint}>{words.copyHow}</p>
        </>
      )}
      {status === "destroyed" && <p className={prose.hint}>{words.destroyedHow}</p>}
    </ActDialog>
  );
}
