import type { UseQueryResult } from "@tanstack/react-query";
import { useText } from "../i18n/text";
import { clock } from "../i18n/times";
import { problemText } from "./problemText";

/** Says, when a poll fails, how old what is shown is. */
export function Freshness({ polled }: { polled: Pick<UseQueryResult, "dataUpdatedAt" | "failureReason"> }) {
  const { t, language } = useText();
  return (
    <p role="status" className="freshness" data-testid="freshness">
      {polled.failureReason !== null && (
        <span>
          {polled.dataUpdatedAt > 0 ? `${t.dataOf(clock(language, polled.dataUpdatedAt))} · ` : `${t.loadFailed} `}
          {problemText(polled.failureReason, t)}
        </span>
      )}
    </p>
  );
}
