import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { exportsQuery } from "../../api/queries";
import { useText } from "../../i18n/text";
import { Freshness } from "../../ui/Freshness";
import { ExportCard } from "./ExportCard";
import { ExportForm } from "./ExportForm";

export function ExportsView() {
  const { t } = useText();
  const exports = useQuery(exportsQuery);
  const [storage, setStorage] = useState<string | null>(null);
  return (
    <div className="pad" data-testid="view-exports">
      <div className="title-row">
        <h1>{t.exports.title}</h1>
        <Freshness polled={exports} />
      </div>
      <div className="desk">
        <ExportForm onCreated={() => void exports.refetch()} />
        <div className="cards">
          {exports.data?.length === 0 && <p className="hint">{t.exports.empty}</p>}
          {exports.data?.map((one) => <ExportCard key={one.id} one={one} onStorage={setStorage} />)}
          <section className="card" data-testid="how-to-verify">
            <h3 className="card-title">{t.exports.verifyTitle}</h3>
            <p>{t.exports.verify}</p>
            <pre><code>beffroi verify EXPORT --key evidence-public.pem</code></pre>
            <p className="hint">{t.exports.verifyExplain}</p>
            {storage !== null && (
              <p><a href={`${storage}/evidence-key`} target="_blank" rel="noreferrer" data-testid="evidence-key">{t.exports.verifyKey}</a></p>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}
