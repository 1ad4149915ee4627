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
import { MotiveField } from "../../ui/MotiveField";
import { wantedIn } from "../../ui/place";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { useRoute } from "../../ui/router";
import { SelectField } from "../../ui/SelectField";
import { submitting } from "../../ui/submitting";
import { TextField } from "../../ui/TextField";
import { TimeField } from "../../ui/TimeField";
import { useDraft } from "../../ui/useDraft";
import buttons from "../../ui/buttons.module.css";
import fields from "../../ui/Field.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

const QUARTER_MS = 15 * 60_000;
const MONTH_MS = 30 * 86_400_000;
const BASES = ["flagrant", "preliminary", "information"] as const;

interface Props {
  /** Preservations are all that whoever sees it may place. */
  only?: boolean;
  onCreated: () => void;
}

/** A hold for a procedure, or a preservation before anybody has required anything. */
export function HoldForm({ only = false, onCreated }: Props) {
  const { t } = useText();
  const words = t.holds;
  const say = useSay();
  const [preserving, setPreserving] = useState(only);
  const asked = wantedIn(useRoute().query);
  const [cameras, setCameras] = useState<string[]>(() => (asked === null ? [] : [asked.camera]));
  const [reference, setReference] = useState("");
  const [basis, setBasis] = useState<(typeof BASES)[number]>("preliminary");
  const [reviewAt, setReviewAt] = useState(() => typed(Date.now() + MONTH_MS));
  const [motive, setMotive] = useState("");
  const [range, setRange] = useState(() => asked?.range ?? typedRange(Date.now() - QUARTER_MS, Date.now()));
  const draft = useDraft();
  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      if (cameras.length === 0) {
        throw new Problem(400, t.exports.chooseCameras, "bad-input", [{ field: "cameras", detail: t.exports.chooseCameras }]);
      }
      const review = instantOf(reviewAt);
      // One hold a camera: where one fails, those before it stand and are chosen no more.
      for (const [index, camera] of cameras.entries()) {
        const seen = { camera, motive, from: toWire(span.from), to: toWire(span.to) };
        await (preserving
          ? ask(api.POST("/api/v1/holds/preservations", { body: seen }))
          : ask(api.POST("/api/v1/holds", { body: { ...seen, reference, basis, review_at: review === null ? null : toWire(review) } })));
        setCameras(cameras.slice(index + 1));
      }
    },
    onSuccess: () => {
      say(preserving ? words.preserved : words.created);
      setReference("");
      setMotive("");
      draft.done();
      onCreated();
    },
  });
  const problem = send.error;
  return (
    <form className={classes(styles.panel, spacing.stack)} onSubmit={submitting(send)} onInput={draft.touched} data-testid="hold-form">
      <h2>{only ? words.preserve : words.new}</h2>
      {!only && (
        <label className={fields.check}>
          <input type="checkbox" checked={preserving} onChange={(event) => setPreserving(event.target.checked)} data-testid="hold-preserving" />
          {words.preserve}
        </label>
      )}
      {preserving && <p className={prose.hint}>{words.preserveExplain}</p>}
      {!preserving && (
        <>
          <TextField label={words.reference} value={reference} onChange={setReference} error={errorOf(problem, "reference")} testId="hold-reference" />
          <SelectField label={words.basisLabel} value={basis} onChange={(value) => setBasis(value as typeof basis)} error={errorOf(problem, "basis")} testId="hold-basis"
            options={BASES.map((one) => [one, words.basis[one]] as const)} />
        </>
      )}
      <CameraChoices chosen={cameras} onChange={setCameras} error={errorOf(problem, "cameras") ?? errorOf(problem, "camera")} />
      <RangeFields value={range} onChange={setRange} problem={problem} />
      {!preserving && <TimeField label={words.reviewAt} value={reviewAt} onChange={setReviewAt} error={errorOf(problem, "review_at")} required testId="hold-form-review-at" />}
      <MotiveField value={motive} onChange={setMotive} error={errorOf(problem, "motive")} />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="hold-submit">{preserving ? words.preserveSubmit : words.submit}</button>
      {draft.question}
    </form>
  );
}
