import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useText } from "../i18n/text";
import { Confirm } from "./Confirm";
import { guarded } from "./router";

interface Draft {
  /** For `onInput` of what holds the fields. */
  touched: () => void;
  /** What was typed is saved or given up. */
  done: () => void;
  /** Runs the work at once where nothing was typed, else once the person has said so. */
  leaving: (leave: () => void) => void;
  /** The question, where it is asked. */
  question: ReactNode;
}

/**
 * What is typed and not yet sent is not thrown away unasked: not by closing, by Back, by another view or by a reload.
 * A download looks like a reload to the browser: where one is started, reloads are not asked about.
 */
export function useDraft({ downloads = false } = {}): Draft {
  const { t } = useText();
  const [dirty, setDirty] = useState(false);
  const [leave, setLeave] = useState<(() => void) | null>(null);

  useEffect(() => {
    if (!dirty) return;
    const unguard = guarded((go) => setLeave(() => go));
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!downloads) window.addEventListener("beforeunload", onUnload);
    return () => {
      unguard();
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [dirty, downloads]);

  const touched = useCallback(() => setDirty(true), []);
  const done = useCallback(() => setDirty(false), []);
  const leaving = useCallback(
    (go: () => void) => {
      if (dirty) setLeave(() => go);
      else go();
    },
    [dirty],
  );
  const question = leave !== null && (
    <Confirm question={t.draft.ask} action={t.draft.discard} cancel={t.draft.keep} onClose={() => setLeave(null)}
      onConfirm={() => {
        setDirty(false);
        leave();
        return Promise.resolve();
      }} />
  );
  return { touched, done, leaving, question };
}
