/** Asks for something again and again while a view is shown; a failure keeps the last answer and its time. */
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "./problem";

export interface Polled<T> {
  data: T | null;
  /** UTC ms of the last good answer. */
  at: number | null;
  /** Why the last attempt failed; null when it did not. */
  problem: Problem | null;
  refresh: () => void;
}

/** `load` must be stable (useCallback): a new one starts over without the old answer. 0 ms asks only once. */
export function usePoll<T>(load: () => Promise<T>, everyMs: number): Polled<T> {
  const [state, setState] = useState<{ load: unknown; data: T | null; at: number | null; problem: Problem | null }>({
    load, data: null, at: null, problem: null,
  });
  const kick = useRef<() => void>(() => undefined);

  useEffect(() => {
    const stopping = new AbortController();
    const stopped = () => stopping.signal.aborted;
    let timer = 0;
    let running = false;
    const once = async () => {
      if (running || stopped()) return;
      running = true;
      window.clearTimeout(timer);
      try {
        const data = await load();
        if (!stopped()) setState({ load, data, at: Date.now(), problem: null });
      } catch (error) {
        const problem = asProblem(error);
        if (!stopped()) setState((old) => (old.load === load ? { ...old, problem } : { load, data: null, at: null, problem }));
      }
      running = false;
      if (!stopped() && everyMs > 0) timer = window.setTimeout(() => void once(), everyMs);
    };
    kick.current = () => void once();
    void once();
    return () => {
      stopping.abort();
      window.clearTimeout(timer);
    };
  }, [load, everyMs]);

  const refresh = useCallback(() => kick.current(), []);
  const fresh = state.load === load;
  return { data: fresh ? state.data : null, at: fresh ? state.at : null, problem: fresh ? state.problem : null, refresh };
}
