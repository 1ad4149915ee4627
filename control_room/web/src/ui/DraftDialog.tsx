import type { ReactNode } from "react";
import { Dialog } from "./Dialog";
import { useDraft } from "./useDraft";

interface Props {
  title: string;
  testId: string;
  wide?: boolean;
  onClose: () => void;
  /** It starts a download. */
  downloads?: boolean;
  /** Given how to close, which asks first where something was typed. */
  children: (close: () => void) => ReactNode;
}

/** A dialog with fields: what was typed in it is thrown away only when the person says so. */
export function DraftDialog({ title, testId, wide = false, downloads = false, onClose, children }: Props) {
  const { touched, leaving, question } = useDraft({ downloads });
  const close = () => leaving(onClose);
  return (
    <Dialog title={title} testId={testId} wide={wide} onClose={close}>
      <div onInput={touched}>{children(close)}</div>
      {question}
    </Dialog>
  );
}
