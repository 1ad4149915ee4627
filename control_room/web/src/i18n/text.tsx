/** The language of the page: French unless the person chose English on this machine. */
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { en } from "./en";
import { fr, type Messages } from "./fr";
import type { Language } from "./times";

const KEY = "beffroi.language";

interface Text {
  t: Messages;
  language: Language;
  choose: (language: Language) => void;
}

const TextContext = createContext<Text>({ t: fr, language: "fr", choose: () => undefined });

export function TextProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(KEY) === "en" ? "en" : "fr"));
  useEffect(() => {
    localStorage.setItem(KEY, language);
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(() => ({ t: language === "fr" ? fr : en, language, choose: setLanguage }), [language]);
  return <TextContext value={value}>{children}</TextContext>;
}

export const useText = (): Text => useContext(TextContext);
