import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { accessRequestsQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { AccessRequest } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime, day } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { Awaited } from "../../ui/Awaited";
import { Field } from "../../ui/Field";
import { Freshness } from "../../ui/Freshness";
import { SelectField } from "../../ui/SelectField";
import { State } from "../../ui/State";
import { TextField } from "../../ui/TextField";
import { AccessForm } from "./AccessForm";
import { ActDialog } from "./ActDialog";
import cards from "../../ui/card.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

/** Requests of people who were filmed: each has its day, and one answer. */
export function AccessView() {
  const { t } = useText();
  const words = t.access;
  const found = useQuery(accessRequestsQuery);
  const [answering, setAnswering] = useState<AccessRequest | null>(null);
  return (
    <div className={spacing.pad} data-testid="view-access">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <p className={prose.hint}>{words.explain}</p>
        <Freshness polled={found} />
      </div>
      <div className={styles.desk}>
        <AccessForm onCreated={() => void found.refetch()} />
        <div className={styles.cards}>
          <Awaited query={found} />
          {found.data?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
          {found.data?.map((one) => <Card key={one.id} one={one} onAnswer={() => setAnswering(one)} />)}
        </div>
      </div>
      {answering !== null && <AnswerDialog one={answering} onClose={() => setAnswering(null)} onDone={() => void found.refetch()} />}
    </div>
  );
}

function Card({ one, onAnswer }: { one: AccessRequest; onAnswer: () => void }) {
  const { t, language } = useText();
  const words = t.access;
  const { byId, communeName } = useTerritory();
  const at = (text: string) => dateTime(language, Date.parse(text));
  const open = one.status === "open";
  return (
    <article className={cards.card} data-testid={`access-${one.id}`} data-status={one.status}>
      <header>
        <h3 className={cards.title}>{one.person}</h3>
        <State tone={one.overdue ? "bad" : open ? "wait" : "off"}>{one.overdue ? words.overdue : words.status[one.status]}</State>
        {open && <span>{words.dueAt(day(language, Date.parse(one.due_at)))}</span>}
        {open && <button type="button" className={spacing.end} onClick={onAnswer} data-testid="access-answer">{words.answer}</button>}
      </header>
      <div className={cards.facts}>
        <span>{one.contact}</span>
        <span>{one.identity}</span>
        <span>{one.cameras.map((id) => byId.get(id)?.name ?? id).join(", ")} · {communeName(one.commune)}</span>
        <span>{at(one.from)} → {at(one.to)}</span>
        {one.ending !== null && <span>{words.ended(one.ending.by, at(one.ending.at))}</span>}
        {one.ending?.ground != null && <span>{words.ground} : {words.grounds[one.ending.ground]}</span>}
        {one.ending !== null && <span>{one.ending.motive}</span>}
      </div>
      {one.ending !== null && one.ending.package !== "" && <p className={cards.hash}>{words.package} : {one.ending.package} <code>{one.ending.sha256}</code></p>}
    </article>
  );
}

type Answered = "redacted-copy" | "destroyed" | "refused";
type Ground = NonNullable<NonNullable<AccessRequest["ending"]>["ground"]>;

function AnswerDialog({ one, onDone, onClose }: { one: AccessRequest; onDone: () => void; onClose: () => void }) {
  const { t } = useText();
  const words = t.access;
  const say = useSay();
  const [status, setStatus] = useState<Answered>("redacted-copy");
  const [ground, setGround] = useState<Ground>("procedures");
  const [name, setName] = useState("");
  const [sha256, setSha256] = useState("");
  const [proof, setProof] = useState("");
  const how: readonly Answered[] = ["redacted-copy", "destroyed", "refused"];
  return (
    <ActDialog title={words.answer} explain={one.person} testId="access-dialog" onClose={onClose}
      onDone={() => { say(words.done); onDone(); }}
      onSend={(motive) =>
        ask(api.POST("/api/v1/access-requests/{request_id}/end", {
          params: { path: { request_id: one.id } },
          body: {
            status, motive,
            ground: status === "refused" ? ground : null,
            package: status === "redacted-copy" ? name : "",
            sha256: status === "redacted-copy" ? sha256 : "",
            proof: status === "destroyed" ? proof : "",
          },
        }))}>
      <SelectField label={words.how} value={status} onChange={(value) => setStatus(value as Answered)} testId="access-how"
        options={how.map((value) => [value, words.status[value]] as const)} />
      {status === "refused" && (
        <SelectField label={words.ground} value={ground} onChange={(value) => setGround(value as Ground)} testId="access-ground" options={Object.entries(words.grounds)} />
      )}
      {status === "redacted-copy" && (
        <>
          <TextField label={words.package} value={name} onChange={setName} testId="access-package" />
          <TextField label={words.sha} value={sha256} onChange={setSha256} maxLength={64} testId="access-sha" />
        </>
      )}
      {status === "destroyed" && (
        <Field label={words.proof}>
          {(ids) => (
            <input {...ids} type="file" required data-testid="access-proof"
              onChange={(event) => void event.target.files?.[0]?.text().then(setProof)} />
          )}
        </Field>
      )}
    </ActDialog>
  );
}
