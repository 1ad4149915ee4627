import { useState } from "react";
import { useTerritory } from "../../api/territory";
import type { Export } from "../../api/types";
import { useText } from "../../i18n/text";
import { bytes, dateTime, percent } from "../../i18n/times";
import { classes } from "../../ui/classes";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import { Download } from "./Download";
import { ExportProgress } from "./ExportProgress";
import buttons from "../../ui/buttons.module.css";
import cards from "../../ui/card.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";

const TONE: Record<Export["status"], Tone> = { queued: "wait", running: "wait", done: "good", failed: "bad", destroyed: "off", cancelled: "off" };

interface Props {
  one: Export;
  /** Where storage answers, once a download has told. */
  onStorage: (origin: string) => void;
}

export function ExportCard({ one, onStorage }: Props) {
  const { t, language } = useText();
  const { byId } = useTerritory();
  const [handing, setHanding] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const names = one.cameras.map((id) => byId.get(id)?.name ?? id).join(", ");
  return (
    <article className={cards.card} data-testid={`export-${one.id}`} data-status={one.status}>
      <header>
        <h3 className={cards.title}>{one.reference}</h3>
        <State tone={TONE[one.status]} data-testid="export-status">{t.exports.status[one.status]}</State>
        <span className={prose.hint}>{one.authority}</span>
        {one.status === "done" && one.ending === "" && (
          <button type="button" className={classes(buttons.primary, spacing.end)} onClick={() => setHanding(true)} data-testid="export-download">{t.exports.download}</button>
        )}
      </header>
      <ExportProgress one={one} />
      <div className={cards.facts}>
        <span>{names}</span>
        <span>{dateTime(language, Date.parse(one.from))} → {dateTime(language, Date.parse(one.to))}</span>
        {one.status === "done" && <span title={t.exports.coverageHint} data-testid="export-coverage">{t.exports.coverage(percent(one.coverage, language))}</span>}
        {one.masks > 0 && <span data-testid="export-redacted">{t.masks.redactedOf(one.masks)}</span>}
        {one.bytes > 0 && <span>{bytes(one.bytes, language)}</span>}
        <span>{t.exports.requested(one.requested_by, dateTime(language, Date.parse(one.requested_at)))}</span>
      </div>
      <Said why={one.why} text={one.reason} testId="export-reason" />
      {one.sha256 !== "" && <p className={cards.hash}><small>{t.exports.sha} <code>{one.sha256}</code></small></p>}
      {one.original !== "" && <p className={cards.hash}><small>{t.masks.ofOriginal(one.original, one.original_sha256)}</small></p>}
      {link !== null && (
        <p className={notes.note} role="status">
          <span>{t.exports.downloadReady} <a href={link} data-testid="export-link">{t.exports.downloadLink}</a></span>
        </p>
      )}
      {handing && (
        <Download id={one.id} onClose={() => setHanding(false)}
          onReady={(url) => {
            setLink(url);
            onStorage(new URL(url, window.location.href).origin);
            setHanding(false);
          }} />
      )}
    </article>
  );
}
