import type { Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { problemText } from "./problemText";

/** Why something failed, read out at once. */
export function ProblemNote({ problem }: { problem: Problem | null }) {
  const { t } = useText();
  return (
    <div role="alert" data-testid="problem">
      {problem !== null && (
        <p className="note bad">
          <strong>{problemText(problem, t)}</strong>
          {problem.status !== 0 && <span className="said">{t.problem.said(problem.message)}</span>}
        </p>
      )}
    </div>
  );
}
