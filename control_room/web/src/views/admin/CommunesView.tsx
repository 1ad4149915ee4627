import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { communesQuery } from "../../api/queries";
import type { Commune } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { classes } from "../../ui/classes";
import { Confirm } from "../../ui/Confirm";
import { Freshness } from "../../ui/Freshness";
import { Table, type Column } from "../../ui/Table";
import { CommuneForm } from "./CommuneForm";
import { Workers } from "./Workers";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import tables from "../../ui/Table.module.css";

type Open = { kind: "new" } | { kind: "edit" | "remove" | "workers"; commune: Commune } | null;

export function CommunesView() {
  const { t, language } = useText();
  const words = t.admin.communes;
  const say = useSay();
  const communes = useQuery(communesQuery);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const columns: Column<Commune>[] = [
    { id: "code", title: words.code, value: (commune) => commune.code, cell: (commune) => <code>{commune.code}</code> },
    { id: "name", title: words.name, value: (commune) => commune.name, cell: (commune) => commune.name },
    {
      id: "population", title: words.population, className: tables.number, value: (commune) => commune.population,
      cell: (commune) => commune.population.toLocaleString(language),
    },
    { id: "csu", title: words.csu, value: (commune) => Number(commune.has_csu), cell: (commune) => (commune.has_csu ? t.yes : t.no) },
    {
      id: "tools", title: t.actions, untitled: true, className: tables.tools,
      cell: (commune) => (
        <>
          <button type="button" onClick={() => setOpen({ kind: "workers", commune })} data-testid={`workers-${commune.code}`}>{words.workers}</button>
          <button type="button" onClick={() => setOpen({ kind: "edit", commune })} data-testid={`commune-edit-${commune.code}`}>{t.edit}</button>
          <button type="button" onClick={() => setOpen({ kind: "remove", commune })} data-testid={`commune-remove-${commune.code}`}>{t.remove}</button>
        </>
      ),
    },
  ];
  const saved = (name: string) => {
    say(t.admin.saved(name));
    void communes.refetch();
    close();
  };
  return (
    <div className={spacing.pad} data-testid="view-communes">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <Freshness polled={communes} />
        <button type="button" className={classes(buttons.primary, spacing.end)} onClick={() => setOpen({ kind: "new" })} data-testid="commune-new">{words.new}</button>
      </div>
      {communes.data?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
      <Table columns={columns} rows={communes.data ?? []} rowId={(commune) => commune.code} rowTestId={(commune) => `commune-row-${commune.code}`}
        testId="communes-table" label={words.title} />
      {(open?.kind === "new" || open?.kind === "edit") && (
        <CommuneForm commune={open.kind === "edit" ? open.commune : null} onClose={close} onSaved={saved} />
      )}
      {open?.kind === "workers" && <Workers commune={open.commune} onClose={close} />}
      {open?.kind === "remove" && (
        <Confirm question={t.admin.removeAsk(open.commune.name)} action={t.remove} onClose={close}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/communes/{code}", { params: { path: { code: open.commune.code } } }));
            say(t.admin.removed(open.commune.name));
            void communes.refetch();
          }} />
      )}
    </div>
  );
}
