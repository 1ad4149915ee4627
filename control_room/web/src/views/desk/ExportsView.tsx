import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deskQuery, exportsQuery } from "../../api/queries";
import { useText } from "../../i18n/text";
import { Freshness } from "../../ui/Freshness";
import { href } from "../../ui/router";
import { ExportCard } from "./ExportCard";
import { ExportForm } from "./ExportForm";
import cards from "../../ui/card.module.css";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

export function ExportsView() {
  const { t } = useText();
  const exports = useQuery(exportsQuery);
  const desk = useQuery(deskQuery).data;
  const [storage, setStorage] = useState<string | null>(null);
  return (
    <div className={spacing.pad} data-testid="view-exports">
      <div className={spacing.titleRow}>
        <h1>{t.exports.title}</h1>
        <Freshness polled={exports} />
      </div>
      <div className={styles.desk}>
        {desk?.direct_exports === true
          ? <ExportForm onCreated={() => void exports.refetch()} />
          : <p className={notes.note}>{t.exports.needsRequisition} <a href={href("requisitions")}>{t.exports.toDesk}</a></p>}
        <div className={styles.cards}>
          {exports.data?.length === 0 && <p className={prose.hint}>{t.exports.empty}</p>}
          {exports.data?.map((one) => <ExportCard key={one.id} one={one} onStorage={setStorage} />)}
          <section className={cards.card} data-testid="how-to-verify">
            <h3 className={cards.title}>{t.exports.verifyTitle}</h3>
            <p>{t.exports.verify}</p>
            <pre><code>beffroi verify EXPORT --key evidence-public.pem</code></pre>
            <p className={prose.hint}>{t.exports.verifyExplain}</p>
            {storage !== null && (
              <p><a href={`${storage}/evidence-key`} target="_blank" rel="noreferrer" data-testid="evidence-key">{t.exports.verifyKey}</a></p>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}
