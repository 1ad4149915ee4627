import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { dateTime } from "../../i18n/times";
import { useText } from "../../i18n/text";
import { words } from "../../i18n/words";
import { classes } from "../../ui/classes";
import { ProblemNote } from "../../ui/ProblemNote";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./journal.module.css";

/** Has the server check the chain of hashes and its signed heads, and gives the whole journal as a file. */
export function JournalCheck() {
  const { t, language } = useText();
  const verify = useMutation({ mutationFn: () => ask(api.GET("/api/v1/journal/verification")) });
  const result = verify.data;
  return (
    <div className={classes(spacing.end, styles.checkChain)}>
      <button type="button" disabled={verify.isPending} onClick={() => verify.mutate()} data-testid="journal-verify">{t.journal.verify}</button>
      <a href="/api/v1/journal/extract" download="journal.jsonl" title={t.journal.extractHint} data-testid="journal-extract">{t.journal.extract}</a>
      <ProblemNote problem={verify.error} />
      {result !== undefined && (
        <p role="status" className={result.intact ? notes.note : classes(notes.note, notes.bad)} data-testid="journal-verified">
          {result.intact ? t.journal.intact(result.entries) : t.journal.broken(result.broken_at ?? 0, words(result.why, t, language) ?? result.reason)}
          <span className={prose.said} data-testid="journal-signed">
            {result.signed_at === null || result.signed_at === undefined
              ? t.journal.unsigned
              : t.journal.signed(result.signed, dateTime(language, Date.parse(result.signed_at)))}
          </span>
          {result.erased > 0 && <span className={prose.said}>{t.journal.erased(result.erased)}</span>}
          <span className={prose.said} data-testid="journal-doubt">{t.journal.doubt[result.doubt]}</span>
          <span className={prose.said}>{t.journal.head} <code>{result.head}</code></span>
        </p>
      )}
    </div>
  );
}
