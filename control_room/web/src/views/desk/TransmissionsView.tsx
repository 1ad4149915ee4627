import { useQuery } from "@tanstack/react-query";
import { transmissionsQuery } from "../../api/queries";
import type { Delivery } from "../../api/types";
import type { Messages } from "../../i18n/fr";
import { useText } from "../../i18n/text";
import { dateTime, type Language } from "../../i18n/times";
import { Awaited } from "../../ui/Awaited";
import { Freshness } from "../../ui/Freshness";
import { Table, type Column } from "../../ui/Table";
import { articleName } from "./articles";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";

function columns(t: Messages, language: Language): Column<Delivery>[] {
  const words = t.requisitions.register;
  const at = (text: string) => dateTime(language, Date.parse(text));
  return [
    { id: "at", title: words.when, cell: (one) => at(one.at), value: (one) => Date.parse(one.at) },
    { id: "file", title: words.file, cell: (one) => <>{one.file}<span className={prose.hint}>{articleName(one.article, t)}</span></>, value: (one) => one.file },
    {
      id: "to", title: words.to, value: (one) => one.name,
      cell: (one) => <>{one.name}<span className={prose.hint}>{t.requisitions.capacity[one.capacity]}, {one.service}</span></>,
    },
    { id: "what", title: words.what, cell: (one) => <>{one.cameras.join(", ")}<span className={prose.hint}>{at(one.from)} → {at(one.to)}</span>
      {one.masks > 0 && <span className={prose.hint} data-testid="transmission-redacted">{t.masks.redactedOf(one.masks)}{one.original !== "" && <>, <span title={one.original_sha256}>{t.masks.ofOriginal(one.original, `${one.original_sha256.slice(0, 12)}…`)}</span></>}</span>}</> },
    { id: "medium", title: words.medium, cell: (one) => one.medium },
    { id: "by", title: words.by, cell: (one) => one.by, value: (one) => one.by },
    { id: "sha", title: words.sha, cell: (one) => <code title={one.sha256}>{one.sha256.slice(0, 12)}…</code> },
  ];
}

/** The register of transmissions, newest first. */
export function TransmissionsView() {
  const { t, language } = useText();
  const words = t.requisitions.register;
  const told = useQuery(transmissionsQuery);
  return (
    <div className={spacing.pad} data-testid="view-transmissions">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <p className={prose.hint}>{words.explain}</p>
        <Freshness polled={told} />
      </div>
      <Awaited query={told} />
      {told.data?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
      {told.data !== undefined && told.data.length > 0 && (
        <Table columns={columns(t, language)} rows={told.data} rowId={(one) => one.export + one.at} rowTestId={(one) => `transmission-${one.export}`}
          testId="transmissions" label={words.title} />
      )}
    </div>
  );
}
