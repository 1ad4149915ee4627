import type { Polled } from "../api/poll";
import { useText } from "../i18n/text";
import { clock } from "../i18n/times";
import { problemText } from "./problemText";

/** Says, when a poll fails, how old what is shown is. */
export function Freshness({ polled }: { polled: Pick<Polled<unknown>, "at" | "problem"> }) {
  const { t, language } = useText();
  return (
    <p role="status" className="freshness" data-testid="freshness">
      {polled.problem !== null && (
        <span>
          {polled.at !== null ? `${t.dataOf(clock(language, polled.at))} · ` : `${t.loadFailed} `}
          {problemText(polled.problem, t)}
        </span>
      )}
    </p>
  );
}
