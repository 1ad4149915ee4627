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
import { HoldForm } from "./HoldForm";

const TONE: Record<Hold["status"], string> = { pending: "wait", placed: "good", releasing: "wait", released: "off", refused: "bad" };

export function HoldsView() {
  const { t, language } = useText();
  const say = useSay();
  const { byId, communeName } = useTerritory();
  const holds = useQuery(holdsQuery);
  const [releasing, setReleasing] = useState<Hold | null>(null);
  return (
    <div className="pad" data-testid="view-holds">
      <div className="title-row">
        <h1>{t.holds.title}</h1>
        <p className="hint">{t.holds.explain}</p>
        <Freshness polled={holds} />
      </div>
      <div className="desk">
        <HoldForm onCreated={() => void holds.refetch()} />
        <div className="cards">
          {holds.data?.length === 0 && <p className="hint">{t.holds.empty}</p>}
          {holds.data?.map((hold) => (
            <article key={hold.id} className="card" data-testid={`hold-${hold.id}`} data-status={hold.status}>
              <header>
                <h3 className="card-title">{hold.reference}</h3>
                <span className={`state ${TONE[hold.status]}`} data-testid="hold-status">{t.holds.status[hold.status]}</span>
                {(hold.status === "placed" || hold.status === "pending") && (
                  <button type="button" className="end" onClick={() => setReleasing(hold)} data-testid="hold-release">{t.holds.release}</button>
                )}
              </header>
              <div className="facts">
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
