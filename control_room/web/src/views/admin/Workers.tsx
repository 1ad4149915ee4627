import { useCallback, useState } from "react";
import { api, ask, everyPage } from "../../api/client";
import { usePoll } from "../../api/poll";
import { asProblem, type Problem } from "../../api/problem";
import type { Commune, WorkerCreated } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf, Field } from "../../ui/Field";
import { Freshness } from "../../ui/Freshness";
import { ProblemNote } from "../../ui/ProblemNote";
import { useSubmit } from "../../ui/useSubmit";

const POLL_MS = 5000;

/** The worker credentials of a commune. A new token is shown until the dialog closes, and never again. */
export function Workers({ commune, onClose }: { commune: Commune; onClose: () => void }) {
  const { t, language } = useText();
  const words = t.admin.communes;
  const say = useSay();
  const { code } = commune;
  const load = useCallback(
    () => everyPage((cursor) => api.GET("/api/v1/communes/{code}/workers", { params: { path: { code }, query: { cursor } } })),
    [code],
  );
  const workers = usePoll(load, POLL_MS);
  const { refresh } = workers;
  const [name, setName] = useState("");
  const [made, setMade] = useState<WorkerCreated | null>(null);
  const [removing, setRemoving] = useState<Problem | null>(null);
  const work = useCallback(async () => {
    setMade(await ask(api.POST("/api/v1/communes/{code}/workers", { params: { path: { code } }, body: { name } })));
    setName("");
    refresh();
  }, [code, name, refresh]);
  const { busy, problem, submit } = useSubmit(work);

  const remove = async (id: string, label: string) => {
    try {
      await ask(api.DELETE("/api/v1/communes/{code}/workers/{worker_id}", { params: { path: { code, worker_id: id } } }));
      say(t.admin.removed(label));
      setRemoving(null);
      refresh();
    } catch (error) {
      setRemoving(asProblem(error));
    }
  };
  const copy = async (token: string) => {
    await navigator.clipboard.writeText(token);
    say(words.copied);
  };

  return (
    <DraftDialog title={words.workersOf(commune.name)} onClose={onClose} testId="workers" wide once={made === null ? null : words.tokenLeave}>
      <div className="stack">
        <p className="hint">{words.workersExplain}</p>
        <Freshness polled={workers} />
        {workers.data?.length === 0 && <p className="note">{words.noWorker}</p>}
        <ul className="rows">
          {workers.data?.map((worker) => (
            <li key={worker.id} className="worker" data-testid={`worker-${worker.id}`}>
              <strong>{worker.name}</strong> <code className="hint">{worker.id}</code>
              <span className="hint">
                {worker.heard_at == null ? words.neverHeard : words.heard(dateTime(language, Date.parse(worker.heard_at)))}
              </span>
              <button type="button" onClick={() => void remove(worker.id, worker.name)} aria-label={`${t.remove} ${worker.name}`}>{t.remove}</button>
            </li>
          ))}
        </ul>
        <ProblemNote problem={removing} />
        {made !== null && (
          <div className="note" role="status">
            <p>{words.tokenOnce}</p>
            <pre className="token" data-testid="worker-token">{made.token}</pre>
            <button type="button" onClick={() => void copy(made.token)} data-testid="token-copy">{words.copy}</button>
          </div>
        )}
        <form onSubmit={submit}>
          <Field label={words.newWorker} hint={words.workerHint} error={errorOf(problem, "name")}>
            {(ids) => <input {...ids} required maxLength={120} value={name} data-testid="worker-name" onChange={(event) => setName(event.target.value)} />}
          </Field>
          <ProblemNote problem={problem} />
          <footer>
            <button type="submit" className="primary" disabled={busy} data-testid="worker-create">{words.createWorker}</button>
          </footer>
        </form>
      </div>
    </DraftDialog>
  );
}
