import type { UseQueryResult } from "@tanstack/react-query";
import { useText } from "../i18n/text";
import { ProblemNote } from "./ProblemNote";
import prose from "./prose.module.css";

/** What stands where an answer will: that it is awaited, or why it does not come. */
export function Awaited({ query: { data, failureReason } }: { query: Pick<UseQueryResult, "data" | "failureReason"> }) {
  const { t } = useText();
  if (data !== undefined) return null;
  return failureReason === null ? <p className={prose.hint}>{t.loading}</p> : <ProblemNote problem={failureReason} />;
}
