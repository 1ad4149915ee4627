import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { holdsQuery, holdsStandingQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import type { Hold, HoldsStanding } from "../../api/types";
import { useText } from "../../i18n/text";
import { percent } from "../../i18n/times";
import { classes } from "../../ui/classes";
import { Freshness } from "../../ui/Freshness";
import { Said } from "../../ui/Said";
import { HoldCard } from "./HoldCard";
import { HoldDialogs, type HoldAct } from "./HoldDialogs";
import { HoldForm } from "./HoldForm";
import notes from "../../ui/note.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

/** Holds, for the legal officer; an operator preserves what they saw, and sees no procedure. */
export function HoldsView() {
  return usePerson().kind === "operator" ? <Preserving /> : <AllHolds />;
}

function Preserving() {
  const { t } = useText();
  return (
    <div className={spacing.pad} data-testid="view-holds">
      <h1>{t.holds.title}</h1>
      <div className={styles.desk}><HoldForm only onCreated={() => undefined} /></div>
    </div>
  );
}

function AllHolds() {
  const { t } = useText();
  const holds = useQuery(holdsQuery);
  const standing = useQuery(holdsStandingQuery);
  const [doing, setDoing] = useState<{ hold: Hold; act: HoldAct } | null>(null);
  const changed = () => {
    void holds.refetch();
    void standing.refetch();
  };
  return (
    <div className={spacing.pad} data-testid="view-holds">
      <div className={spacing.titleRow}>
        <h1>{t.holds.title}</h1>
        <p className={prose.hint}>{t.holds.explain}</p>
        <Freshness polled={holds} />
      </div>
      <div className={styles.desk}>
        <HoldForm onCreated={changed} />
        <div className={styles.cards}>
          {standing.data !== undefined && <Standing told={standing.data} />}
          {holds.data?.length === 0 && <p className={prose.hint}>{t.holds.empty}</p>}
          {holds.data?.map((hold) => <HoldCard key={hold.id} hold={hold} onAct={(act) => setDoing({ hold, act })} />)}
        </div>
      </div>
      {doing !== null && <HoldDialogs {...doing} onDone={changed} onClose={() => setDoing(null)} />}
    </div>
  );
}

/** What somebody has to do about holds: nothing is shown where there is nothing. */
function Standing({ told }: { told: HoldsStanding }) {
  const { t, language } = useText();
  const words = t.holds;
  const share = told.held_bytes !== null && told.usable_bytes !== null && told.usable_bytes > 0 ? told.held_bytes / told.usable_bytes : null;
  return (
    <>
      {told.alarm !== "" && (
        <p className={classes(notes.note, notes.bad)} role="alert" data-testid="holds-alarm">
          {share !== null && <strong>{words.heldShare(percent(share, language))}</strong>}
          <Said why={told.alarm_why} text={told.alarm} />
        </p>
      )}
      {(told.overdue > 0 || told.unconfirmed > 0) && (
        <p className={notes.note} role="status" data-testid="holds-standing">
          {told.overdue > 0 && <strong data-testid="holds-overdue">{words.overdue(told.overdue)}</strong>}
          {told.unconfirmed > 0 && <span>{words.unconfirmed(told.unconfirmed)}</span>}
        </p>
      )}
      {share !== null && told.alarm === "" && <p className={prose.hint} data-testid="holds-share">{words.heldShare(percent(share, language))}</p>}
    </>
  );
}
