import type { Export } from "../../api/types";
import { useText } from "../../i18n/text";
import { percent } from "../../i18n/times";

/** How far an export is: its phase in words, its share as a bar. Nothing once it has ended. */
export function ExportProgress({ one }: { one: Export }) {
  const { t, language } = useText();
  if (one.status !== "queued" && one.status !== "running") return null;
  const share = percent(one.progress, language);
  const phase = one.ending === "" ? t.exports.phase[one.phase] : t.exports.ending[one.ending];
  return (
    <div data-testid="export-running">
      <progress value={one.progress} max={1} aria-label={`${one.reference} : ${share}`} data-testid="export-progress" />
      <span> {phase}, {share}</span>
    </div>
  );
}
