import { useMutation } from "@tanstack/react-query";
import { useText } from "../i18n/text";
import { Dialog } from "./Dialog";
import { ProblemNote } from "./ProblemNote";
import buttons from "./buttons.module.css";

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
  const confirm = useMutation({ mutationFn: onConfirm, onSuccess: onClose });
  return (
    <Dialog title={action} onClose={onClose} testId="confirm">
      <p>{question}</p>
      <ProblemNote problem={confirm.error} />
      <footer>
        <button type="button" data-focus onClick={onClose} data-testid="confirm-no">{cancel ?? t.cancel}</button>
        <button type="button" className={buttons.danger} disabled={confirm.isPending} onClick={() => confirm.mutate()} data-testid="confirm-yes">
          {action}
        </button>
      </footer>
    </Dialog>
  );
}
