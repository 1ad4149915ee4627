import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { rangeOf, typedRange } from "../../i18n/typed";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { errorOf, Field } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { useDraft } from "../../ui/useDraft";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

const QUARTER_MS = 15 * 60_000;

export function HoldForm({ onCreated }: { onCreated: () => void }) {
  const { t } = useText();
  const say = useSay();
  const { cameras, communeName } = useTerritory();
  const [camera, setCamera] = useState("");
  const [reference, setReference] = useState("");
  const [motive, setMotive] = useState("");
  const [range, setRange] = useState(() => typedRange(Date.now() - QUARTER_MS, Date.now()));
  const draft = useDraft();
  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      await ask(api.POST("/api/v1/holds", { body: { camera, reference, motive, from: toWire(span.from), to: toWire(span.to) } }));
    },
    onSuccess: () => {
      say(t.holds.created);
      setReference("");
      setMotive("");
      draft.done();
      onCreated();
    },
  });
  const problem = send.error;
  return (
    <form className={classes(styles.panel, spacing.stack)} onSubmit={submitting(send)} onInput={draft.touched} data-testid="hold-form">
      <h2>{t.holds.new}</h2>
      <Field label={t.holds.reference} error={errorOf(problem, "reference")}>
        {(ids) => <input {...ids} required minLength={3} maxLength={120} value={reference} data-testid="hold-reference" onChange={(event) => setReference(event.target.value)} />}
      </Field>
      <Field label={t.camera} error={errorOf(problem, "camera")}>
        {(ids) => (
          <select {...ids} required value={camera} data-testid="hold-camera" onChange={(event) => setCamera(event.target.value)}>
            <option value="" disabled>{t.playback.pickCamera}</option>
            {(cameras ?? []).map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
          </select>
        )}
      </Field>
      <RangeFields value={range} onChange={setRange} problem={problem} />
      <MotiveField value={motive} onChange={setMotive} error={errorOf(problem, "motive")} />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="hold-submit">{t.holds.submit}</button>
      {draft.question}
    </form>
  );
}
