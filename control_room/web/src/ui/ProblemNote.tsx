import type { Problem } from "../api/problem";
import { useText } from "../i18n/text";
import { words } from "../i18n/words";
import { classes } from "./classes";
import { problemText } from "./problemText";
import notes from "./note.module.css";
import prose from "./prose.module.css";

/** The service's reason in the reader's words; one that is at its field already is not said twice. */
function Answer({ problem }: { problem: Problem }) {
  const { t, language } = useText();
  if (problem.fields.length > 0) return <span className={prose.said}>{t.problem.atFields}</span>;
  const known = words(problem.why, t, language);
  return known === null ? (
    <span className={prose.said} lang="en">{t.problem.said(problem.message)}</span>
  ) : (
    <span className={prose.said}>{known}</span>
  );
}

/** Why something failed, read out at once. */
export function ProblemNote({ problem }: { problem: Problem | null }) {
  const { t } = useText();
  return (
    <div role="alert" data-testid="problem">
      {problem !== null && (
        <p className={classes(notes.note, notes.bad)}>
          <strong>{problemText(problem, t)}</strong>
          {problem.status !== 0 && <Answer problem={problem} />}
        </p>
      )}
    </div>
  );
}
