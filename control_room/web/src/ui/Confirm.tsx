import { useState } from "react";
import { asProblem, type Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { Dialog } from "./Dialog";
import { ProblemNote } from "./ProblemNote";

interface Props {
  question: string;
  action: string;
  /** What the other button says. */
  cancel?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be taken back, and shows why it failed. */
export function Confirm({ question, action, cancel, onConfirm, onClose }: Props) {
  const { t } = useText();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={action} onClose={onClose} testId="confirm">
      <p>{question}</p>
      <ProblemNote problem={problem} />
      <footer>
        <button type="button" data-focus onClick={onClose} data-testid="confirm-no">{cancel ?? t.cancel}</button>
        <button type="button" className="danger" disabled={busy} onClick={() => void confirm()} data-testid="confirm-yes">
          {action}
        </button>
      </footer>
    </Dialog>
  );
}
