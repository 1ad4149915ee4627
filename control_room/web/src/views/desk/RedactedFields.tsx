import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Problem } from "../../api/problem";
import { exportsQuery, once } from "../../api/queries";
import type { Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { rangeOf } from "../../i18n/typed";
import { draftName, keptMasks } from "../../playback/maskDrafts";
import { masksIn, type Mask } from "../../playback/masks";
import { errorOf } from "../../ui/Field";
import { SelectField } from "../../ui/SelectField";
import type { Copy, Draft } from "./requisitionDraft";

/** The masks drawn on the one camera that is chosen; none where there are several. */
export function useDrawn(cameras: readonly string[]): readonly Mask[] {
  const only = cameras.length === 1 ? (cameras[0] ?? "") : "";
  return useMemo(() => (only === "" ? [] : keptMasks(draftName(only))), [only]);
}

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  drawn: readonly Mask[];
  before: Requisition | null;
  problem: Problem | null;
}

/** Whether pictures are handed over as they were recorded or under masks; asked where masks were drawn. */
export function RedactedFields({ draft, change, drawn, before, problem }: Props) {
  const { t } = useText();
  const words = t.masks;
  const span = rangeOf(draft.range);
  const used = span === null ? drawn : masksIn(drawn, span);
  const kept = before?.masks.length ?? 0;
  if (used.length === 0 && kept === 0 && draft.copy !== "drawn") return null;
  const options: (readonly [Copy, string])[] = [
    ["recorded", words.asRecorded],
    ...(used.length > 0 || draft.copy === "drawn" ? [["drawn", words.redactedWith(used.length)] as const] : []),
    ...(kept > 0 ? [["kept", words.redactedBefore(kept)] as const] : []),
  ];
  return (
    <>
      <SelectField label={words.copy} value={draft.copy} onChange={(copy) => change({ copy: copy as Copy })} options={options} error={errorOf(problem, "masks")} testId="requisition-copy" />
      {draft.copy === "drawn" && span !== null && <Original draft={draft} change={change} problem={problem} from={span.from} to={span.to} />}
    </>
  );
}

interface OriginalProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problem: Problem | null;
  from: number;
  to: number;
}

/** A finished export of the very pictures, where there is one. */
function Original({ draft, change, problem, from, to }: OriginalProps) {
  const { t } = useText();
  const words = t.masks;
  const exports = useQuery(once(exportsQuery)).data ?? [];
  const same = exports.filter((one) =>
    one.status === "done" && one.ending === "" && one.masks === 0 && Date.parse(one.from) === from && Date.parse(one.to) === to &&
    draft.cameras.every((camera) => one.cameras.includes(camera)));
  if (same.length === 0) return null;
  return (
    <SelectField label={words.original} hint={words.originalHint} value={draft.original} required={false} onChange={(original) => change({ original })} error={errorOf(problem, "original")} testId="requisition-original"
      options={[["", words.noOriginal], ...same.map((one) => [one.id, `${one.reference} (${one.id})`] as const)]} />
  );
}
