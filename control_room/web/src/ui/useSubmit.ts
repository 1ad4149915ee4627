import { useCallback, useState, type SyntheticEvent } from "react";
import { asProblem, type Problem } from "../api/problem";

export interface Submission {
  busy: boolean;
  problem: Problem | null;
  setProblem: (problem: Problem | null) => void;
  /** For `onSubmit`: runs the work once at a time, and keeps why it failed. */
  submit: (event: SyntheticEvent) => void;
}

export function useSubmit(work: () => Promise<void>): Submission {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = useCallback(
    (event: SyntheticEvent) => {
      event.preventDefault();
      if (busy) return;
      setBusy(true);
      setProblem(null);
      work()
        .catch((error: unknown) => setProblem(asProblem(error)))
        .finally(() => setBusy(false));
    },
    [busy, work],
  );
  return { busy, problem, setProblem, submit };
}
