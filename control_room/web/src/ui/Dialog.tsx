import { useEffect, useId, useRef, type ReactNode } from "react";
import { Icon } from "./Icon";
import { useText } from "../i18n/text";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  testId: string;
  wide?: boolean;
  /** The close button is left out where the person has to decide first. */
  closable?: boolean;
}

/** A modal: the browser's own, which keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, testId, wide = false, closable = true }: Props) {
  const { t } = useText();
  const box = useRef<HTMLDialogElement>(null);
  const label = useId();
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={label}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
    >
      <header>
        <h2 id={label}>{title}</h2>
        {closable && (
          <button type="button" className="plain" onClick={onClose} aria-label={t.close} data-testid={`${testId}-close`}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
