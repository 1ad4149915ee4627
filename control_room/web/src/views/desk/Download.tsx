import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { errorOf } from "../../ui/Field";
import { MotiveField } from "../../ui/MotiveField";
import { ProblemNote } from "../../ui/ProblemNote";
import { submitting } from "../../ui/submitting";
import buttons from "../../ui/buttons.module.css";

interface Props {
  id: string;
  onReady: (url: string) => void;
  onClose: () => void;
}

/** Asks to whom the export goes, then starts the download. */
export function Download({ id, onReady, onClose }: Props) {
  const { t } = useText();
  const [motive, setMotive] = useState("");
  const send = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/exports/{export_id}/download", { params: { path: { export_id: id } }, body: { motive } })),
    onSuccess: ({ url }) => {
      const link = document.createElement("a");
      link.href = url;
      link.download = "";
      link.click();
      onReady(url);
    },
  });
  const problem = send.error;
  return (
    <DraftDialog title={t.exports.handOver} onClose={onClose} testId="download-dialog" downloads>
      {(close) => (
        <form onSubmit={submitting(send)}>
          <MotiveField value={motive} onChange={setMotive} hint={t.exports.handOverHint} error={errorOf(problem, "motive")} autoFocus />
          <ProblemNote problem={problem} />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="download-submit">{t.exports.download}</button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
