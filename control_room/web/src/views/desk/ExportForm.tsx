import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { rangeOf, typedRange } from "../../i18n/typed";
import { useSay } from "../../ui/Announcer";
import { CameraChoices } from "../../ui/CameraChoices";
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

/** A new export: nothing is sent before reference, authority, cameras, range and motive are there. */
export function ExportForm({ onCreated }: { onCreated: () => void }) {
  const { t } = useText();
  const say = useSay();
  const [reference, setReference] = useState("");
  const [authority, setAuthority] = useState("");
  const [motive, setMotive] = useState("");
  const [cameras, setCameras] = useState<string[]>([]);
  const [range, setRange] = useState(() => typedRange(Date.now() - QUARTER_MS, Date.now()));

  const draft = useDraft();
  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      if (cameras.length === 0) {
        throw new Problem(400, t.exports.chooseCameras, "bad-input", [{ field: "cameras", detail: t.exports.chooseCameras }]);
      }
      await ask(api.POST("/api/v1/exports", { body: { reference, authority, cameras, motive, from: toWire(span.from), to: toWire(span.to) } }));
    },
    onSuccess: () => {
      say(t.exports.created(reference));
      setReference("");
      setMotive("");
      setCameras([]);
      document.getElementById("main")?.scrollTo({ top: 0 });
      draft.done();
      onCreated();
    },
  });
  const problem = send.error;

  return (
    <form className={classes(styles.panel, spacing.stack)} onSubmit={submitting(send)} onInput={draft.touched} data-testid="export-form">
      <h2>{t.exports.new}</h2>
      <Field label={t.exports.reference} hint={t.exports.referenceHint} error={errorOf(problem, "reference")}>
        {(ids) => <input {...ids} required minLength={3} maxLength={120} value={reference} data-testid="export-reference" onChange={(event) => setReference(event.target.value)} />}
      </Field>
      <Field label={t.exports.authority} hint={t.exports.authorityHint} error={errorOf(problem, "authority")}>
        {(ids) => <input {...ids} required minLength={3} maxLength={120} value={authority} data-testid="export-authority" onChange={(event) => setAuthority(event.target.value)} />}
      </Field>
      <CameraChoices chosen={cameras} onChange={setCameras} error={errorOf(problem, "cameras")} />
      <RangeFields value={range} onChange={setRange} problem={problem} />
      <MotiveField value={motive} onChange={setMotive} error={errorOf(problem, "motive")} />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="export-submit">{t.exports.submit}</button>
      {draft.question}
    </form>
  );
}
