import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { instantOf, rangeOf, typed, typedRange } from "../../i18n/typed";
import { useSay } from "../../ui/Announcer";
import { CameraChoices } from "../../ui/CameraChoices";
import { classes } from "../../ui/classes";
import { errorOf } from "../../ui/Field";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { submitting } from "../../ui/submitting";
import { TextField } from "../../ui/TextField";
import { TimeField } from "../../ui/TimeField";
import { useDraft } from "../../ui/useDraft";
import buttons from "../../ui/buttons.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

const QUARTER_MS = 15 * 60_000;

/** A request of somebody who was filmed. */
export function AccessForm({ onCreated }: { onCreated: () => void }) {
  const { t } = useText();
  const words = t.access;
  const say = useSay();
  const draft = useDraft();
  const [person, setPerson] = useState("");
  const [contact, setContact] = useState("");
  const [identity, setIdentity] = useState("");
  const [cameras, setCameras] = useState<string[]>([]);
  const [range, setRange] = useState(() => typedRange(Date.now() - QUARTER_MS, Date.now()));
  const [receivedAt, setReceivedAt] = useState(() => typed(Date.now()));
  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      const received = instantOf(receivedAt);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      if (received === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "received_at", detail: t.time.never }]);
      if (cameras.length === 0) {
        throw new Problem(400, t.exports.chooseCameras, "bad-input", [{ field: "cameras", detail: t.exports.chooseCameras }]);
      }
      const body = { person, contact, identity, cameras, from: toWire(span.from), to: toWire(span.to), received_at: toWire(received) };
      await ask(api.POST("/api/v1/access-requests", { body }));
    },
    onSuccess: () => {
      say(words.created);
      setPerson("");
      setContact("");
      setIdentity("");
      setCameras([]);
      draft.done();
      onCreated();
    },
  });
  const problem = send.error;
  return (
    <form className={classes(styles.panel, spacing.stack)} onSubmit={submitting(send)} onInput={draft.touched} data-testid="access-form">
      <h2>{words.new}</h2>
      <TextField label={words.person} value={person} onChange={setPerson} error={errorOf(problem, "person")} testId="access-person" />
      <TextField label={words.contact} value={contact} onChange={setContact} error={errorOf(problem, "contact")} testId="access-contact" />
      <TextField label={words.identity} value={identity} onChange={setIdentity} error={errorOf(problem, "identity")} testId="access-identity" />
      <CameraChoices chosen={cameras} onChange={setCameras} error={errorOf(problem, "cameras")} />
      <RangeFields value={range} onChange={setRange} problem={problem} />
      <TimeField label={words.receivedAt} value={receivedAt} onChange={setReceivedAt} error={errorOf(problem, "received_at")} required testId="access-received-at" />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="access-submit">{words.submit}</button>
      {draft.question}
    </form>
  );
}
