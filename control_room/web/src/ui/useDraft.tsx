import { useCallback, useEffect, useState, type ReactNode } from "react";
import { useText } from "../i18n/text";
import { Confirm } from "./Confirm";
import { guarded } from "./router";

/** How it is asked before something is lost. */
export interface Leaving {
  ask: string;
  keep: string;
  discard: string;
}

interface Options {
  downloads?: boolean;
  /** The question where there is something to lose that was not typed, null where there is not. */
  once?: Leaving | null;
}

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
export function useDraft({ downloads = false, once = null }: Options = {}): Draft {
  const { t } = useText();
  const [dirty, setDirty] = useState(false);
  const kept = dirty || once !== null;
  const words = once ?? t.draft;
  const [leave, setLeave] = useState<(() => void) | null>(null);

  useEffect(() => {
    if (!kept) return;
    const unguard = guarded((go) => setLeave(() => go));
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!downloads) window.addEventListener("beforeunload", onUnload);
    return () => {
      unguard();
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [kept, downloads]);

  const touched = useCallback(() => setDirty(true), []);
  const done = useCallback(() => setDirty(false), []);
  const leaving = useCallback(
    (go: () => void) => {
      if (kept) setLeave(() => go);
      else go();
    },
    [kept],
  );
  const question = leave !== null && (
    <Confirm question={words.ask} action={words.discard} cancel={words.keep} onClose={() => setLeave(null)}
      onConfirm={() => {
        setDirty(false);
        leave();
        return Promise.resolve();
      }} />
  );
  return { touched, done, leaving, question };
}
