import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Problem } from "../../api/problem";
import { deskQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import type { Article, Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { draftName, keepMasks } from "../../playback/maskDrafts";
import { CameraChoices } from "../../ui/CameraChoices";
import { errorOf } from "../../ui/Field";
import { LongTextField } from "../../ui/LongTextField";
import { MotiveField } from "../../ui/MotiveField";
import { wantedIn } from "../../ui/place";
import { ProblemNote } from "../../ui/ProblemNote";
import { RangeFields } from "../../ui/RangeFields";
import { tell, useRoute } from "../../ui/router";
import { SelectField } from "../../ui/SelectField";
import { submitting } from "../../ui/submitting";
import { TextField } from "../../ui/TextField";
import { TimeField } from "../../ui/TimeField";
import { articleName, articleOf, doubtOf, mandateOf } from "./articles";
import { RedactedFields, useDrawn } from "./RedactedFields";
import { bodyOf, draftOf, newDraft, type Draft } from "./requisitionDraft";
import buttons from "../../ui/buttons.module.css";
import spacing from "../../ui/spacing.module.css";

interface Props {
  /** The requisition to change, null for a new one. */
  before: Requisition | null;
  onSaved: (file: string) => void;
}

/** The fields of a requisition. What the article does not allow is not offered, and refused by the server again. */
export function RequisitionForm({ before, onSaved }: Props) {
  const { t } = useText();
  const words = t.requisitions;
  const person = usePerson();
  const desk = useQuery(deskQuery).data;
  const { query } = useRoute();
  const asked = wantedIn(query);
  const [draft, setDraft] = useState<Draft>(() => (before === null ? { ...newDraft(person.name, Date.now(), asked), copy: query["copy"] === "redacted" ? "drawn" : "recorded" } : draftOf(before)));
  const drawn = useDrawn(draft.cameras);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const article = articleOf(desk, draft.article);
  const choose = (code: string) => {
    const signers = articleOf(desk, code)?.signers ?? [];
    const kept = signers.some((one) => one.capacity === draft.capacity);
    change({ article: code, capacity: kept ? draft.capacity : (signers[0]?.capacity ?? "") });
  };
  const send = useMutation({
    mutationFn: async () => {
      const body = bodyOf(draft, t, drawn);
      if (before === null) return ask(api.POST("/api/v1/requisitions", { body }));
      const params = { path: { requisition_id: before.id } };
      return ask(api.PUT("/api/v1/requisitions/{requisition_id}", { params, body: { ...body, version: before.version } }));
    },
    onSuccess: () => {
      // The requisition has them from here on.
      if (draft.copy === "drawn") keepMasks(draftName(draft.cameras[0] ?? ""), []);
      // The next one is not about what a timeline asked for.
      tell({ file: query["file"] ?? "", status: query["status"] ?? "" });
      onSaved(draft.file);
    },
  });
  const problem = send.error;
  return (
    <form className={spacing.stack} onSubmit={submitting(send)}>
      <TextField label={words.file} hint={words.fileHint} value={draft.file} onChange={(file) => change({ file })} error={errorOf(problem, "file")} testId="requisition-file" />
      <SelectField label={words.article} value={draft.article} onChange={choose} testId="requisition-article"
        hint={doubtOf(article, t) || undefined} error={errorOf(problem, "article")}
        options={(desk?.articles ?? []).map((one) => [one.code, articleName(one.code, t)] as const)} />
      <OfficerFields draft={draft} change={change} article={article} problem={problem} />
      <CameraChoices chosen={draft.cameras} onChange={(cameras) => change({ cameras })} error={errorOf(problem, "cameras")} />
      <RangeFields value={draft.range} onChange={(range) => change({ range })} problem={problem} />
      <RedactedFields draft={draft} change={change} drawn={drawn} before={before} problem={problem} />
      <div className={spacing.pair}>
        <TextField label={words.receivedBy} value={draft.receivedBy} onChange={(receivedBy) => change({ receivedBy })} error={errorOf(problem, "received_by")} testId="requisition-received-by" />
        <TimeField label={words.receivedAt} value={draft.receivedAt} onChange={(receivedAt) => change({ receivedAt })} error={errorOf(problem, "received_at")} required testId="requisition-received-at" />
      </div>
      <LongTextField label={words.recipient} hint={words.recipientHint} value={draft.recipient} onChange={(recipient) => change({ recipient })} maxLength={16_384}
        error={errorOf(problem, "recipient")} testId="requisition-recipient" />
      <MotiveField value={draft.motive} onChange={(motive) => change({ motive })} error={errorOf(problem, "motive")} />
      <ProblemNote problem={problem} />
      <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="requisition-submit">
        {before === null ? words.submit : words.save}
      </button>
    </form>
  );
}

interface OfficerProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  article: Article | undefined;
  problem: Problem | null;
}

function OfficerFields({ draft, change, article, problem }: OfficerProps) {
  const { t } = useText();
  const words = t.requisitions;
  const needs = mandateOf(article, draft.capacity);
  return (
    <fieldset className={spacing.stack}>
      <legend>{words.officer}</legend>
      <TextField label={words.officerName} value={draft.name} onChange={(name) => change({ name })} error={errorOf(problem, "name")} testId="requisition-officer" />
      <SelectField label={words.capacityLabel} value={draft.capacity} onChange={(capacity) => change({ capacity })} error={errorOf(problem, "capacity")} testId="requisition-capacity"
        options={(article?.signers ?? []).map((one) => [one.capacity, words.capacity[one.capacity]] as const)} />
      <TextField label={words.service} value={draft.service} onChange={(service) => change({ service })} error={errorOf(problem, "service")} testId="requisition-service" />
      {needs !== null && needs !== "none" && (
        <TextField label={words.mandateLabel} hint={words.mandates[needs]} value={draft.mandate} onChange={(mandate) => change({ mandate })}
          required={needs !== "decision-after-a-month"} error={errorOf(problem, "mandate")} testId="requisition-mandate" />
      )}
    </fieldset>
  );
}
