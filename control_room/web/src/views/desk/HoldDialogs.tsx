import { useState } from "react";
import { api, ask } from "../../api/client";
import { Problem } from "../../api/problem";
import type { Hold } from "../../api/types";
import { useText } from "../../i18n/text";
import { toWire } from "../../i18n/times";
import { instantOf, typed } from "../../i18n/typed";
import { useSay } from "../../ui/Announcer";
import { Confirm } from "../../ui/Confirm";
import { TimeField } from "../../ui/TimeField";
import { ActDialog } from "./ActDialog";

export type HoldAct = "confirm" | "review" | "release";
const MONTH_MS = 30 * 86_400_000;

interface Props {
  act: HoldAct;
  hold: Hold;
  onDone: () => void;
  onClose: () => void;
}

/** What a person can do with a hold that stands. */
export function HoldDialogs({ act, hold, onDone, onClose }: Props) {
  const { t } = useText();
  const words = t.holds;
  const say = useSay();
  const [reviewAt, setReviewAt] = useState(() => typed(Date.now() + MONTH_MS));
  const params = { path: { hold_id: hold.id } };
  if (act === "release") {
    return (
      <Confirm question={words.releaseAsk(hold.reference)} action={words.release} onClose={onClose}
        onConfirm={async () => {
          await ask(api.DELETE("/api/v1/holds/{hold_id}", { params }));
          say(words.released);
          onDone();
        }} />
    );
  }
  if (act === "confirm") {
    return (
      <ActDialog title={words.confirm} explain={words.confirmAsk} testId="hold-act" onDone={onDone} onClose={onClose}
        onSend={(motive) => ask(api.POST("/api/v1/holds/{hold_id}/confirm", { params, body: { motive } }))} />
    );
  }
  const review = async (motive: string) => {
    const at = instantOf(reviewAt);
    if (at === null) throw new Problem(400, t.time.never);
    await ask(api.POST("/api/v1/holds/{hold_id}/review", { params, body: { motive, review_at: toWire(at) } }));
  };
  return (
    <ActDialog title={words.review} explain={words.reviewAsk(hold.reference)} testId="hold-act" onClose={onClose} onSend={review}
      onDone={() => { say(words.reviewed); onDone(); }}>
      <TimeField label={words.reviewAt} value={reviewAt} onChange={setReviewAt} required testId="hold-review-at" />
    </ActDialog>
  );
}
