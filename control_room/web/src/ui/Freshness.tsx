import type { UseQueryResult } from "@tanstack/react-query";
import { useText } from "../i18n/text";
import { clock } from "../i18n/times";
import { problemText } from "./problemText";
import styles from "./Freshness.module.css";

/** Says, when a poll fails, how old what is shown is. */
export function Freshness({ polled }: { polled: Pick<UseQueryResult, "dataUpdatedAt" | "failureReason"> }) {
  const { t, language } = useText();
  return (
    <p role="status" className={styles.freshness} data-testid="freshness">
      {polled.failureReason !== null && (
        <span>
          {polled.dataUpdatedAt > 0 ? `${t.dataOf(clock(language, polled.dataUpdatedAt))} · ` : `${t.loadFailed} `}
          {problemText(polled.failureReason, t)}
        </span>
      )}
    </p>
  );
}
