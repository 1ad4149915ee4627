import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Storage } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, toWire, utcSeconds } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { useNow } from "../../ui/now";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import { apart, clocks } from "./standing";
import buttons from "../../ui/buttons.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import styles from "./storage.module.css";

interface Props {
  told: Storage;
  /** When `told` came, by this computer's clock. */
  at: number;
  onDone: () => void;
  onClose: () => void;
}

/** A person's word, by name, that storage's clock is right: what is sent is the time of this computer, which storage compares. */
export function ClockDialog({ told, at, onDone, onClose }: Props) {
  const { t } = useText();
  const words = t.storage.clock;
  const say = useSay();
  const [motive, setMotive] = useState("");
  const shown = clocks(told, at, useNow(1000));
  const send = useMutation({
    mutationFn: () => ask(api.PUT("/api/v1/storage/clock", { body: { utc: toWire(Date.now()), motive } })),
    onSuccess: () => {
      say(words.done);
      onDone();
      onClose();
    },
  });
  const problem = send.error;
  return (
    <DraftDialog title={t.storage.isRight} onClose={onClose} testId="clock-dialog">
      {(close) => (
        <form onSubmit={submitting(send)}>
          <p>{words.explain}</p>
          <dl className={styles.clocks}>
            <Time name={words.storage} ms={shown.storage} testId="clock-storage" />
            <Time name={words.controlRoom} ms={shown.controlRoom} testId="clock-control-room" />
            <Time name={words.browser} ms={shown.browser} testId="clock-browser" />
          </dl>
          {apart(shown) && <p className={classes(notes.note, notes.bad)} role="status" data-testid="clock-apart">{words.apart}</p>}
          <p>{words.consequence}</p>
          <MotiveField value={motive} onChange={setMotive} hint={words.motiveHint} error={errorOf(problem, "motive")} autoFocus />
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.danger} disabled={send.isPending} data-testid="clock-submit">{t.storage.isRight}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}

function Time({ name, ms, testId }: { name: string; ms: number | null; testId: string }) {
  const { t, language } = useText();
  const words = t.storage.clock;
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>
        {ms === null ? words.unknown : <time dateTime={toWire(ms)}>{dateTime(language, ms)} <span className={prose.hint}>{words.inUtc(utcSeconds(ms))}</span></time>}
      </dd>
    </div>
  );
}
