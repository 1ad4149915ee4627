import { useState } from "react";
import { useText } from "../../i18n/text";
import { Dialog } from "../../ui/Dialog";
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
    <Dialog title={t.wall.motive.title} onClose={onClose} testId="motive-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onChosen(text.trim());
        }}
      >
        <MotiveField value={text} onChange={setText} hint={t.wall.motive.explain} placeholder={t.wall.motive.placeholder} autoFocus />
        <footer>
          <button type="button" onClick={onClose}>{t.cancel}</button>
          <button type="submit" className={buttons.primary} disabled={text.trim().length < 3} data-testid="motive-submit">
            {t.wall.motive.start}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
