import type { UseQueryResult } from "@tanstack/react-query";
import { useText } from "../i18n/text";
import { clock } from "../i18n/times";
import { problemText } from "./problemText";
import styles from "./Freshness.module.css";

/** A poll of seconds has an answer so old where nobody asked: the tab was hidden, the machine asleep. */
const OLD_MS = 15_000;

interface Props {
  polled: Pick<UseQueryResult, "dataUpdatedAt" | "failureReason">;
  /** UTC ms: given for a poll of seconds, whose answer is old too where no attempt has failed yet. */
  now?: number;
}

/** Says how old what is shown is, where a poll fails or nobody asked for a while. */
export function Freshness({ polled, now }: Props) {
  const { t, language } = useText();
  const problem = polled.failureReason;
  const old = now !== undefined && polled.dataUpdatedAt > 0 && now - polled.dataUpdatedAt > OLD_MS;
  const parts = problem === null && !old ? [] : [
    polled.dataUpdatedAt > 0 ? t.dataOf(clock(language, polled.dataUpdatedAt)) : t.loadFailed,
    problem === null ? "" : problemText(problem, t),
  ];
  return (
    <p role="status" className={styles.freshness} data-testid="freshness">
      {parts.length > 0 && <span>{parts.filter((part) => part !== "").join(polled.dataUpdatedAt > 0 ? " · " : " ")}</span>}
    </p>
  );
}
