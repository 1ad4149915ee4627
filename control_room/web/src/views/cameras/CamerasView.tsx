import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { camerasQuery } from "../../api/queries";
import { usePerson } from "../../api/session";
import { useTerritory } from "../../api/territory";
import type { Camera } from "../../api/types";
import { useText } from "../../i18n/text";
import { added } from "../../live/layout";
import { useWall } from "../../live/wallStore";
import { useSay } from "../../ui/Announcer";
import { hasAdvice } from "../../ui/adviceKinds";
import { Awaited } from "../../ui/Awaited";
import { isTrouble } from "../../ui/CameraState";
import { useQueryText } from "../../ui/router";
import { matches } from "../../ui/search";
import { CameraRow } from "./CameraRow";
import buttons from "../../ui/buttons.module.css";
import prose from "../../ui/prose.module.css";
import spacing from "../../ui/spacing.module.css";
import styles from "./cameras.module.css";

export function CamerasView() {
  const { t } = useText();
  const say = useSay();
  const person = usePerson();
  const { cameras, communeName } = useTerritory();
  const asked = useQuery(camerasQuery);
  const [layout, saveLayout] = useWall(person.id);
  const [typed, setTyped] = useQueryText("q");
  const [show, setShow] = useQueryText("show");
  const troubleOnly = show === "trouble";

  const groups = useMemo(() => {
    const found = (cameras ?? []).filter(
      (camera) =>
        (!troubleOnly || isTrouble(camera)) &&
        matches(typed, camera.name, camera.place, communeName(camera.commune), t.status[camera.state.status], hasAdvice(camera) ? t.advice.title : "", camera.id),
    );
    return grouped(found, communeName);
  }, [cameras, typed, troubleOnly, communeName, t]);

  const addToWall = (camera: Camera) => {
    const next = added(layout, camera.id);
    if (next === null) {
      say(t.cameras.wallFull);
      return;
    }
    saveLayout(next);
    say(t.cameras.added(camera.name));
  };

  const total = cameras?.length ?? 0;
  const live = cameras?.filter((camera) => !isTrouble(camera)).length ?? 0;
  return (
    <div className={spacing.pad} data-testid="view-cameras">
      <div className={spacing.titleRow}>
        <h1>{t.cameras.title}</h1>
        {total > 0 && <p className={prose.hint} data-testid="cameras-summary">{t.cameras.summary(live, total)}</p>}
        <input type="search" value={typed} aria-label={t.cameras.filter} placeholder={`${t.cameras.filter}  ( / )`}
          data-testid="camera-search" onChange={(event) => setTyped(event.target.value)} />
        <div role="group" className={buttons.switch}>
          <button type="button" aria-pressed={!troubleOnly} onClick={() => setShow("")}>{t.cameras.showAll}</button>
          <button type="button" aria-pressed={troubleOnly} onClick={() => setShow("trouble")} data-testid="trouble-only">
            {t.cameras.showTrouble}
          </button>
        </div>
      </div>
      <Awaited query={asked} />
      {cameras !== undefined && groups.length === 0 && <p className={prose.hint}>{total === 0 ? t.cameras.empty : t.cameras.noMatch}</p>}
      {groups.map(({ code, name, cameras: members }) => (
        <section key={code} className={styles.commune} aria-labelledby={`commune-${code}`} data-testid={`commune-${code}`}>
          <h2 id={`commune-${code}`}>
            {name} <small>{t.cameras.summary(members.filter((camera) => !isTrouble(camera)).length, members.length)}</small>
          </h2>
          <ul className={styles.list}>
            {members.map((camera) => (
              <CameraRow key={camera.id} camera={camera} kind={person.kind}
                onWall={layout.places.slice(0, layout.size).includes(camera.id)} onAdd={() => addToWall(camera)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface Group {
  code: string;
  name: string;
  cameras: Camera[];
}

export function grouped(cameras: readonly Camera[], communeName: (code: string) => string): Group[] {
  const groups = new Map<string, Camera[]>();
  for (const camera of cameras) groups.set(camera.commune, [...(groups.get(camera.commune) ?? []), camera]);
  return [...groups]
    .map(([code, members]) => ({ code, name: communeName(code), cameras: members }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
