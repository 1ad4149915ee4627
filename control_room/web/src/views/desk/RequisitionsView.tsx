import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deskQuery, exportsQuery, requisitionsQuery } from "../../api/queries";
import type { Requisition } from "../../api/types";
import { useText } from "../../i18n/text";
import { useSay } from "../../ui/Announcer";
import { Awaited } from "../../ui/Awaited";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { useQueryText } from "../../ui/router";
import { useDraft } from "../../ui/useDraft";
import { RequisitionCard } from "./RequisitionCard";
import { RequisitionForm } from "./RequisitionForm";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

const isStatus = (text: string, known: object): text is Requisition["status"] => Object.hasOwn(known, text);

/** The requisition desk: who asks, who decides, how far its export is, who got it. */
export function RequisitionsView() {
  const { t } = useText();
  const words = t.requisitions;
  const say = useSay();
  const draft = useDraft();
  const [file, setFile] = useQueryText("file");
  const [asked, setStatus] = useQueryText("status");
  const status = isStatus(asked, words.status) ? asked : "";
  const found = useQuery(requisitionsQuery(file, status));
  const exports = useQuery(exportsQuery);
  const desk = useQuery(deskQuery).data;
  const [entered, setEntered] = useState(0);
  return (
    <div className={spacing.pad} data-testid="view-requisitions">
      <div className={spacing.titleRow}>
        <h1>{words.title}</h1>
        <p className={prose.hint}>{words.explain}</p>
        <Freshness polled={found} />
      </div>
      <div className={styles.desk}>
        <section className={classes(styles.panel, spacing.stack)} onInput={draft.touched} data-testid="requisition-form">
          <h2>{words.new}</h2>
          <RequisitionForm key={entered} before={null} onSaved={(number) => {
            say(words.created(number));
            draft.done();
            setEntered(entered + 1);
            void found.refetch();
          }} />
          {draft.question}
        </section>
        <div className={styles.cards}>
          <div className={spacing.pair}>
            <input type="search" value={file} aria-label={words.searchFile} placeholder={words.searchFile} data-testid="requisition-search"
              onChange={(event) => setFile(event.target.value)} />
            <select value={status} aria-label={words.filter} data-testid="requisition-filter" onChange={(event) => setStatus(event.target.value)}>
              <option value="">{words.all}</option>
              {Object.entries(words.status).map(([one, name]) => <option key={one} value={one}>{name}</option>)}
            </select>
          </div>
          <Awaited query={found} />
          {found.data?.length === 0 && <p className={prose.hint}>{words.empty}</p>}
          {found.data?.map((one) => (
            <RequisitionCard key={one.id} one={one} desk={desk} exported={exports.data?.find((made) => made.id === one.export)}
              onDone={() => { void found.refetch(); void exports.refetch(); }} />
          ))}
        </div>
      </div>
    </div>
  );
}
