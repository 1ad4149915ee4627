import { useText } from "../i18n/text";
import buttons from "./buttons.module.css";

export function LanguageSwitch() {
  const { t, language, choose } = useText();
  return (
    <div role="group" aria-label={t.language} className={buttons.switch} data-testid="language">
      {(["fr", "en"] as const).map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={language === one} onClick={() => choose(one)}
          aria-label={one === "fr" ? "FR, français" : "EN, English"} data-testid={`language-${one}`}>
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
