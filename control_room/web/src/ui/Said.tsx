import { useText } from "../i18n/text";
import { words, type Reason } from "../i18n/words";
import { classes } from "./classes";
import prose from "./prose.module.css";

interface Props {
  why: Reason | null | undefined;
  /** The same in English, for a code these words do not know. */
  text: string;
  title?: string;
  testId?: string;
  className?: string | undefined;
}

/** What a service gave as its reason: in the reader's words, else in the service's English. */
export function Said({ why, text, title, testId, className }: Props) {
  const { t, language } = useText();
  const known = words(why, t, language);
  if (known === null && text === "") return null;
  return (
    <span className={classes(prose.said, className)} lang={known === null ? "en" : undefined} title={title} data-testid={testId}>
      {known ?? text}
    </span>
  );
}
