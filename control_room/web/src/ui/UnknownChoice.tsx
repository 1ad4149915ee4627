import { useText } from "../i18n/text";

/** What an address filters by and no list has: shown, or the filter would read as none. */
export function UnknownChoice({ id, known }: { id: string; known: boolean | undefined }) {
  const { t } = useText();
  return id !== "" && known !== true && <option value={id}>{t.unknownChoice(id)}</option>;
}
