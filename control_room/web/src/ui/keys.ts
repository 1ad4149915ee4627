/** Keyboard shortcuts of a view. They rest while somebody types and while a dialog is open. */
import { useEffect } from "react";

const TYPING = new Set(["INPUT", "TEXTAREA", "SELECT"]);

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && ["checkbox", "radio", "button"].includes(target.type)) return false;
  return TYPING.has(target.tagName) || target.isContentEditable;
}

/** Space and Enter belong to the button or link that has the focus. */
function isPressing(event: KeyboardEvent): boolean {
  return (event.key === " " || event.key === "Enter") && event.target instanceof HTMLElement && event.target.matches("button, a, summary");
}

/** `handle` gives back whether the key was one of its own. It must be stable or cheap to set again. */
export function useKeys(handle: (event: KeyboardEvent) => boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || isPressing(event) || document.querySelector("dialog[open]") !== null) return;
      if (handle(event)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [handle]);
}
