import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { holdsQuery } from "../../api/queries";
import { useTerritory } from "../../api/territory";
import type { Hold } from "../../api/types";
import { useText } from "../../i18n/text";
import { dateTime } from "../../i18n/times";
import { useSay } from "../../ui/Announcer";
import { Confirm } from "../../ui/Confirm";
import { Freshness } from "../../ui/Freshness";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import { HoldForm } from "./HoldForm";
import cards from "../../ui/card.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./desk.module.css";

const TONE: Record<Hold["status"], Tone> = { pending: "wait", placed: "good", releasing: "wait", released: "off", refused: "bad" };

export function HoldsView() {
  const { t, language } = useText();
  const say = useSay();
  const { byId, communeName } = useTerritory();
  const holds = useQuery(holdsQuery);
  const [releasing, setReleasing] = useState<Hold | null>(null);
  return (
    <div className={spacing.pad} data-testid="view-holds">
      <div className={spacing.titleRow}>
        <h1>{t.holds.title}</h1>
        <p className={prose.hint}>{t.holds.explain}</p>
        <Freshness polled={holds} />
      </div>
      <div className={styles.desk}>
        <HoldForm onCreated={() => void holds.refetch()} />
        <div className={styles.cards}>
          {holds.data?.length === 0 && <p className={prose.hint}>{t.holds.empty}</p>}
          {holds.data?.map((hold) => (
            <article key={hold.id} className={cards.card} data-testid={`hold-${hold.id}`} data-status={hold.status}>
              <header>
                <h3 className={cards.title}>{hold.reference}</h3>
                <State tone={TONE[hold.status]} data-testid="hold-status">{t.holds.status[hold.status]}</State>
                {(hold.status === "placed" || hold.status === "pending") && (
                  <button type="button" className={spacing.end} onClick={() => setReleasing(hold)} data-testid="hold-release">{t.holds.release}</button>
                )}
              </header>
              <div className={cards.facts}>
                <span>{byId.get(hold.camera)?.name ?? hold.camera} · {communeName(hold.commune)}</span>
                <span>{dateTime(language, Date.parse(hold.from))} → {dateTime(language, Date.parse(hold.to))}</span>
                <span>{hold.motive}</span>
                <span>{t.holds.placed(hold.placed_by, dateTime(language, Date.parse(hold.placed_at)))}</span>
              </div>
              <Said why={hold.why} text={hold.reason} />
            </article>
          ))}
        </div>
      </div>
      {releasing !== null && (
        <Confirm question={t.holds.releaseAsk(releasing.reference)} action={t.holds.release} onClose={() => setReleasing(null)}
          onConfirm={async () => {
            await ask(api.DELETE("/api/v1/holds/{hold_id}", { params: { path: { hold_id: releasing.id } } }));
            say(t.holds.released);
            void holds.refetch();
          }} />
      )}
    </div>
  );
}
