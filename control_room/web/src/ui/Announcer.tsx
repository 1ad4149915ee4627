/** One place for short news: read out by screen readers, shown for a few seconds. */
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import styles from "./Announcer.module.css";
import prose from "./prose.module.css";

type Say = (text: string, options?: { quiet?: boolean }) => void;

const SayContext = createContext<Say>(() => undefined);
const SHOWN_MS = 5000;

export function Announcer({ children }: { children: ReactNode }) {
  const [news, setNews] = useState<{ text: string; quiet: boolean }>({ text: "", quiet: true });
  const timer = useRef(0);
  const say = useCallback<Say>((text, options) => {
    window.clearTimeout(timer.current);
    setNews({ text, quiet: options?.quiet ?? false });
    timer.current = window.setTimeout(() => setNews({ text: "", quiet: true }), SHOWN_MS);
  }, []);
  const value = useMemo(() => say, [say]);
  return (
    <SayContext value={value}>
      {children}
      <div role="status" aria-live="polite" data-testid="news" className={news.quiet ? prose.visuallyHidden : styles.news}>
        {news.text}
      </div>
    </SayContext>
  );
}

export const useSay = (): Say => useContext(SayContext);
