import { useState } from "react";
import { useText } from "../../i18n/text";
import { DraftDialog } from "../../ui/DraftDialog";
import { MotiveField } from "../../ui/MotiveField";
import buttons from "../../ui/buttons.module.css";

interface Props {
  motive: string;
  onChosen: (motive: string) => void;
  onClose: () => void;
}

export function MotiveDialog({ motive, onChosen, onClose }: Props) {
  const { t } = useText();
  const [text, setText] = useState(motive);
  return (
    <DraftDialog title={t.wall.motive.title} onClose={onClose} testId="motive-dialog">
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onChosen(text.trim());
          }}
        >
          <MotiveField value={text} onChange={setText} hint={t.wall.motive.explain} placeholder={t.wall.motive.placeholder} autoFocus />
          <footer>
            <button type="button" onClick={close}>{t.cancel}</button>
            <button type="submit" className={buttons.primary} disabled={text.trim().length < 3} data-testid="motive-submit">
              {t.wall.motive.start}
            </button>
          </footer>
        </form>
      )}
    </DraftDialog>
  );
}
