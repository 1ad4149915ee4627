import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";

interface Props {
  title: string;
  explain: string;
  testId: string;
  danger?: boolean;
  /** More fields, above the motive. */
  children?: ReactNode;
  onSend: (motive: string) => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

/** Does something for a motive, which the journal keeps. */
export function ActDialog({ title, explain, testId, danger = false, children, onSend, onDone, onClose }: Props) {
  const { t } = useText();
  const [motive, setMotive] = useState("");
  const send = useMutation({
    mutationFn: () => onSend(motive),
    onSuccess: () => {
      onDone();
      onClose();
    },
  });
  return (
    <DraftDialog title={title} onClose={onClose} testId={testId}>
      {(close) => (
        <form onSubmit={submitting(send)}>
          <p>{explain}</p>
          {children}
          <MotiveField value={motive} onChange={setMotive} error={errorOf(send.error, "motive")} autoFocus />
          <ProblemNote problem={send.error} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={danger ? buttons.danger : buttons.primary} disabled={send.isPending} data-testid={`${testId}-submit`}>{title}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
