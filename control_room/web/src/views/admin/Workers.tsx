import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { workersQuery } from "../../api/queries";
import type { Commune, Worker, WorkerCreated } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf, Field } from "../../ui/Field";
import { Freshness } from "../../ui/Freshness";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./Workers.module.css";

/** The worker credentials of a commune. A new token is shown until the dialog closes, and never again. */
export function Workers({ commune, onClose }: { commune: Commune; onClose: () => void }) {
  const { t, language } = useText();
  const words = t.admin.communes;
  const say = useSay();
  const { code } = commune;
  const workers = useQuery(workersQuery(code));
  const [name, setName] = useState("");
  const [made, setMade] = useState<WorkerCreated | null>(null);
  const send = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/communes/{code}/workers", { params: { path: { code } }, body: { name } })),
    onSuccess: (worker) => {
      setMade(worker);
      setName("");
      void workers.refetch();
    },
  });
  const problem = send.error;
  const remove = useMutation({
    mutationFn: ({ id }: Worker) => ask(api.DELETE("/api/v1/communes/{code}/workers/{worker_id}", { params: { path: { code, worker_id: id } } })),
    onSuccess: (_, worker) => {
      say(t.admin.removed(worker.name));
      void workers.refetch();
    },
  });
  const copy = async (token: string) => {
    await navigator.clipboard.writeText(token);
    say(words.copied);
  };

  return (
    <DraftDialog title={words.workersOf(commune.name)} onClose={onClose} testId="workers" wide once={made === null ? null : words.tokenLeave}>
      <div className={spacing.stack}>
        <p className={prose.hint}>{words.workersExplain}</p>
        <Freshness polled={workers} />
        {workers.data?.length === 0 && <p className={notes.note}>{words.noWorker}</p>}
        <ul className={styles.list}>
          {workers.data?.map((worker) => (
            <li key={worker.id} className={styles.worker} data-testid={`worker-${worker.id}`}>
              <strong>{worker.name}</strong> <code className={prose.hint}>{worker.id}</code>
              <span className={prose.hint}>
                {worker.heard_at == null ? words.neverHeard : words.heard(dateTime(language, Date.parse(worker.heard_at)))}
              </span>
              <button type="button" onClick={() => remove.mutate(worker)} aria-label={`${t.remove} ${worker.name}`}>{t.remove}</button>
            </li>
          ))}
        </ul>
        <ProblemNote problem={remove.error} />
        {made !== null && (
          <div className={notes.note} role="status">
            <p>{words.tokenOnce}</p>
            <pre className={styles.token} data-testid="worker-token">{made.token}</pre>
            <button type="button" onClick={() => void copy(made.token)} data-testid="token-copy">{words.copy}</button>
          </div>
        )}
        <form onSubmit={submitting(send)}>
          <Field label={words.newWorker} hint={words.workerHint} error={errorOf(problem, "name")}>
            {(ids) => <input {...ids} required maxLength={120} value={name} data-testid="worker-name" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <ProblemNote problem={problem} />
          <footer>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="worker-create">{words.createWorker}</button>
          </footer>
        </form>
      </div>
    </DraftDialog>
  );
}
