import { useState } from "react";
import { api, ask } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import type { components } from "../../api.gen";
import { useText } from "../../i18n/text";
import { words } from "../../i18n/words";
import { ProblemNote } from "../../ui/ProblemNote";

/** Has the server check the chain of hashes, and shows its head to be noted elsewhere. */
export function JournalCheck() {
  const { t, language } = useText();
  const [result, setResult] = useState<components["schemas"]["JournalVerification"] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const verify = async () => {
    setProblem(null);
    try {
      setResult(await ask(api.GET("/api/v1/journal/verification")));
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <div className="end check-chain">
      <button type="button" onClick={() => void verify()} data-testid="journal-verify">{t.journal.verify}</button>
      <ProblemNote problem={problem} />
      {result !== null && (
        <p role="status" className={result.intact ? "note" : "note bad"} data-testid="journal-verified">
          {result.intact ? t.journal.intact(result.entries) : t.journal.broken(result.broken_at ?? 0, words(result.why, t, language) ?? result.reason)}
          <span className="said" data-testid="journal-doubt">{t.journal.doubt[result.doubt]}</span>
          <span className="said">{t.journal.head} <code>{result.head}</code></span>
        </p>
      )}
    </div>
  );
}
