import { useState } from "react";
import { api, ask } from "../../api/client";
import { useTerritory } from "../../api/territory";
import type { Commune } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { Confirm } from "../../ui/Confirm";
import { Freshness } from "../../ui/Freshness";
import { CommuneForm } from "./CommuneForm";
import { Workers } from "./Workers";

type Open = { kind: "new" } | { kind: "edit" | "remove" | "workers"; commune: Commune } | null;

export function CommunesView() {
  const { t, language } = useText();
  const say = useSay();
  const { communes } = useTerritory();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const saved = (name: string) => {
    say(t.admin.saved(name));
    communes.refresh();
    close();
  };
  return (
    <div className="pad" data-testid="view-communes">
      <div className="title-row">
        <h1>{t.admin.communes.title}</h1>
        <Freshness polled={communes} />
        <button type="button" className="primary end" onClick={() => setOpen({ kind: "new" })} data-testid="commune-new">{t.admin.communes.new}</button>
      </div>
      {communes.data?.length === 0 && <p className="hint">{t.admin.communes.empty}</p>}
      <div className="table-wrap">
        <table data-testid="communes-table">
          <thead>
            <tr>
              <th scope="col">{t.admin.communes.code}</th>
              <th scope="col">{t.admin.communes.name}</th>
              <th scope="col">{t.admin.communes.population}</th>
              <th scope="col">{t.admin.communes.csu}</th>
              <th scope="col"><span className="visually-hidden">{t.actions}</span></th>
            </tr>
          </thead>
          <tbody>
            {communes.data?.map((commune) => (
              <tr key={commune.code} data-testid={`commune-row-${commune.code}`}>
                <td><code>{commune.code}</code></td>
                <td>{commune.name}</td>
                <td>{commune.population.toLocaleString(language)}</td>
                <td>{commune.has_csu ? t.yes : t.no}</td>
                <td className="tools">
                  <button type="button" onClick={() => setOpen({ kind: "workers", commune })} data-testid={`workers-${commune.code}`}>{t.admin.communes.workers}</button>
                  <button type="button" onClick={() => setOpen({ kind: "edit", commune })} data-testid={`commune-edit-${commune.code}`}>{t.edit}</button>
                  <button type="button" onClick={() => setOpen({ kind: "remove", commune })} data-testid={`commune-remove-${commune.code}`}>{t.remove}</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(open?.kind === "new" || open?.kind === "edit") && (
        <CommuneForm commune={open.kind === "edit" ? open.commune : null} onClose={close} onSaved={saved} />
      )}
      {open?.kind === "workers" && <Workers commune={open.commune} onClose={close} />}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.commune.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/communes/{code}", { params: { path: { code: open.commune.code } } }));
            say(t.admin.removed(open.commune.name));
            communes.refresh();
          }} />
      )}
    </div>
  );
}
