import type { ReactNode } from "react";
import { Dialog } from "./Dialog";
import { useDraft, type Leaving } from "./useDraft";

interface Props {
  title: string;
  testId: string;
  wide?: boolean;
  onClose: () => void;
  /** It starts a download. */
  downloads?: boolean;
  /** The question where something stands in it that is shown this once and nowhere else: that is kept like what was typed. */
  once?: Leaving | null;
  /** May be given how to close, which asks first where something was typed. */
  children: ReactNode | ((close: () => void) => ReactNode);
}

/** A dialog with fields: what was typed in it is thrown away only when the person says so. */
export function DraftDialog({ title, testId, wide = false, downloads = false, once = null, onClose, children }: Props) {
  const { touched, leaving, question } = useDraft({ downloads, once });
  const close = () => leaving(onClose);
  return (
    <Dialog title={title} testId={testId} wide={wide} onClose={close}>
      <div onInput={touched}>{typeof children === "function" ? children(close) : children}</div>
      {question}
    </Dialog>
  );
}
