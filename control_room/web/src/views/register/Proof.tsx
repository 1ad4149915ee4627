import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import { useTerritory } from "../../api/territory";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { rangeOf } from "../../i18n/typed";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { errorOf, Field } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ofRange, rangeIn } from "../../ui/place";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { tell, useRoute } from "../../ui/router";
import { submitting } from "../../ui/submitting";
import { UnknownChoice } from "../../ui/UnknownChoice";
import { useDraft } from "../../ui/useDraft";
import { Answer } from "./Answer";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./register.module.css";

/** Asks of which camera and time a proof is wanted, and why; then shows what it says. */
export function Proof() {
  const { t } = useText();
  const words = t.register.proof;
  const say = useSay();
  const { cameras, communeName } = useTerritory();
  const { query } = useRoute();
  const [camera, setCamera] = useState(query["camera"] ?? "");
  const [motive, setMotive] = useState("");
  const [range, setRange] = useState(() => rangeIn(query));
  const draft = useDraft();
  const send = useMutation({
    mutationFn: async () => {
      const span = rangeOf(range);
      if (span === null) throw new Problem(400, t.badRange, "bad-input", [{ field: "to", detail: t.badRange }]);
      const body = { from: toWire(span.from), to: toWire(span.to), motive };
      return ask(api.POST("/api/v1/cameras/{camera_id}/destruction-answer", { params: { path: { camera_id: camera } }, body }));
    },
    onSuccess: (answer) => {
      say(words.found[answer.found]);
      draft.done();
      tell({ camera, ...ofRange(range) });
    },
  });
  // What is shown answers what is asked above it.
  const change = <T,>(set: (value: T) => void) => (value: T) => {
    send.reset();
    set(value);
  };
  const problem = send.error;
  return (
    <div className={styles.proof}>
      <form className={classes(styles.panel, spacing.stack)} onSubmit={submitting(send)} onInput={draft.touched} data-testid="proof-form">
        <Field label={t.camera} error={errorOf(problem, "camera")}>
          {(ids) => (
            <select {...ids} required value={camera} disabled={send.isPending} data-testid="proof-camera" onChange={(event) => change(setCamera)(event.target.value)}>
              <option value="" disabled>{t.playback.pickCamera}</option>
              {(cameras ?? []).map((one) => <option key={one.id} value={one.id}>{communeName(one.commune)} · {one.name}</option>)}
              <UnknownChoice id={camera} known={cameras?.some((one) => one.id === camera)} />
            </select>
          )}
        </Field>
        <RangeFields value={range} onChange={change(setRange)} problem={problem} testId="proof" />
        <MotiveField value={motive} onChange={setMotive} hint={words.motiveHint} error={errorOf(problem, "motive")} />
        <ProblemNote problem={problem} />
        <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="proof-submit">{words.submit}</button>
        <p role="status" className={prose.hint} data-testid="proof-progress">{send.isPending ? words.pending : ""}</p>
        {draft.question}
      </form>
      {send.data !== undefined && <Answer answer={send.data} cameraId={camera} />}
    </div>
  );
}
