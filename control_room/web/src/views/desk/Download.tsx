import { useCallback, useState } from "react";
import { api, ask } from "../../api/client";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { useSubmit } from "../../ui/useSubmit";

interface Props {
  id: string;
  onReady: (url: string) => void;
  onClose: () => void;
}

/** Asks to whom the export goes, then starts the download. */
export function Download({ id, onReady, onClose }: Props) {
  const { t } = useText();
  const [motive, setMotive] = useState("");
  const work = useCallback(async () => {
    const { url } = await ask(
      api.POST("/api/v1/exports/{export_id}/download", { params: { path: { export_id: id } }, body: { motive } }),
    );
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    link.click();
    onReady(url);
  }, [id, motive, onReady]);
  const { busy, problem, submit } = useSubmit(work);
  return (
    <DraftDialog title={t.exports.handOver} onClose={onClose} testId="download-dialog" downloads>
      {(close) => (
        <form onSubmit={submit}>
          <MotiveField value={motive} onChange={setMotive} hint={t.exports.handOverHint} error={errorOf(problem, "motive")} autoFocus />
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className="primary" disabled={busy} data-testid="download-submit">{t.exports.download}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
