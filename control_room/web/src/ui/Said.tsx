import { useText } from "../i18n/text";
import { words, type Reason } from "../i18n/words";

interface Props {
  why: Reason | null | undefined;
  /** The same in English, for a code these words do not know. */
  text: string;
  title?: string;
  testId?: string;
}

/** What a service gave as its reason: in the reader's words, else in the service's English. */
export function Said({ why, text, title, testId }: Props) {
  const { t, language } = useText();
  const known = words(why, t, language);
  if (known === null && text === "") return null;
  return (
    <span className="said" lang={known === null ? "en" : undefined} title={title} data-testid={testId}>
      {known ?? text}
    </span>
  );
}
