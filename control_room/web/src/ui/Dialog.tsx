import { useEffect, useId, useRef, type ReactNode } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import { useText } from "../i18n/text";
import buttons from "./buttons.module.css";
import styles from "./Dialog.module.css";

/** What takes the focus first: what asks for it, else the first field; the browser would take the close button. */
const FIRST = "[data-focus], input:enabled, select:enabled, textarea:enabled";

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
  const leave = useRef<() => void>(() => undefined);
  useEffect(() => {
    leave.current = () => {
      if (closable) onClose();
    };
  });
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(FIRST)?.focus();
    // Taken before the browser sees it: a second Escape in a row would close all open dialogs, whatever the page says.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || dialog !== [...document.querySelectorAll("dialog[open]")].at(-1)) return;
      event.preventDefault();
      leave.current();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={wide ? classes(styles.dialog, styles.wide) : styles.dialog}
      aria-labelledby={label}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        leave.current();
      }}
    >
      <header>
        <h2 id={label}>{title}</h2>
        {closable && (
          <button type="button" className={buttons.plain} onClick={onClose} aria-label={t.close} data-testid={`${testId}-close`}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
