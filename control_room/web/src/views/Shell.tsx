import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactElement } from "react";
import { camerasQuery } from "../api/queries";
import { usePerson, useSession } from "../api/session";
import { useText } from "../i18n/text";
import { clock, toWire } from "../i18n/times";
import { classes } from "../ui/classes";
import { Freshness } from "../ui/Freshness";
import { useKeys } from "../ui/keys";
import { LanguageSwitch } from "../ui/LanguageSwitch";
import { useNow } from "../ui/now";
import { go, href, useRoute } from "../ui/router";
import { LETTERS, offered, type ViewName } from "./access";
import { CamerasView } from "./cameras/CamerasView";
import { Help } from "./Help";
import { WallView } from "./wall/WallView";
import buttons from "../ui/buttons.module.css";
import notes from "../ui/note.module.css";
import prose from "../ui/prose.module.css";
import spacing from "../ui/spacing.module.css";
import styles from "./Shell.module.css";

const PlaybackView = lazy(() => import("./playback/PlaybackView").then((m) => ({ default: m.PlaybackView })));
const ExportsView = lazy(() => import("./desk/ExportsView").then((m) => ({ default: m.ExportsView })));
const HoldsView = lazy(() => import("./desk/HoldsView").then((m) => ({ default: m.HoldsView })));
const RequisitionsView = lazy(() => import("./desk/RequisitionsView").then((m) => ({ default: m.RequisitionsView })));
const TransmissionsView = lazy(() => import("./desk/TransmissionsView").then((m) => ({ default: m.TransmissionsView })));
const AccessView = lazy(() => import("./desk/AccessView").then((m) => ({ default: m.AccessView })));
const JournalView = lazy(() => import("./desk/JournalView").then((m) => ({ default: m.JournalView })));
const CommunesView = lazy(() => import("./admin/CommunesView").then((m) => ({ default: m.CommunesView })));
const RegisterView = lazy(() => import("./admin/RegisterView").then((m) => ({ default: m.RegisterView })));
const ViewersView = lazy(() => import("./viewers/ViewersView").then((m) => ({ default: m.ViewersView })));
const DestructionsView = lazy(() => import("./register/DestructionsView").then((m) => ({ default: m.DestructionsView })));
const StorageView = lazy(() => import("./storage/StorageView").then((m) => ({ default: m.StorageView })));
const PeopleView = lazy(() => import("./admin/PeopleView").then((m) => ({ default: m.PeopleView })));

const VIEWS: Readonly<Record<ViewName, (argument: string) => ReactElement>> = {
  wall: () => <WallView />,
  cameras: () => <CamerasView />,
  playback: (camera) => <PlaybackView key={camera} cameraId={camera} />,
  exports: () => <ExportsView />,
  holds: () => <HoldsView />,
  requisitions: () => <RequisitionsView />,
  transmissions: () => <TransmissionsView />,
  access: () => <AccessView />,
  journal: () => <JournalView />,
  communes: () => <CommunesView />,
  adminCameras: () => <RegisterView />,
  viewers: () => <ViewersView />,
  destructions: (argument) => <DestructionsView argument={argument} />,
  storage: () => <StorageView />,
  people: () => <PeopleView />,
};

const FOLLOW_MS = 1500;

export function Shell() {
  const { t } = useText();
  const person = usePerson();
  const route = useRoute();
  const views = offered(person.kind);
  const current = views.find((view) => view === route.view);
  const [help, setHelp] = useState(false);
  const goPressedAt = useRef(0);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    const [first] = views;
    if (route.view === "" && first !== undefined) go(first);
  }, [route.view, views]);
  useEffect(() => {
    document.title = current === undefined ? t.product : `${t.nav[current]} · ${t.product}`;
  }, [current, t]);

  const onKey = useCallback(
    (event: KeyboardEvent) => {
      if (event.key === "?") {
        setHelp(true);
        return true;
      }
      if (event.timeStamp - goPressedAt.current < FOLLOW_MS) {
        goPressedAt.current = 0;
        const view = views.find((one) => LETTERS[one] === event.key);
        if (view !== undefined) go(view);
        return view !== undefined;
      }
      if (event.key === "g") {
        goPressedAt.current = event.timeStamp;
        return true;
      }
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("input[type=search]");
        search?.focus();
        return search !== null;
      }
      return false;
    },
    [views],
  );
  useKeys(onKey);

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{t.skipToContent}</a>
      <TopBar views={views} current={current} onHelp={() => setHelp(true)} />
      <main id="main" ref={main} tabIndex={-1} data-view={current}>
        <Suspense fallback={<p className={classes(prose.hint, spacing.pad)}>{t.loading}</p>}>
          {current === undefined
            ? route.view !== "" && <p className={classes(notes.note, spacing.pad)} data-testid="not-allowed">{t.nav.notAllowed}</p>
            : VIEWS[current](route.argument)}
        </Suspense>
      </main>
      {help && <Help views={views} onClose={() => setHelp(false)} />}
    </div>
  );
}

interface BarProps {
  views: readonly ViewName[];
  current: ViewName | undefined;
  onHelp: () => void;
}

function TopBar({ views, current, onHelp }: BarProps) {
  const { t, language } = useText();
  const person = usePerson();
  const { signOut } = useSession();
  const cameras = useQuery(camerasQuery);
  const now = useNow(1000);
  return (
    <header className={styles.top}>
      <span className={styles.brand}><img src="/beffroi.svg" alt="" width={22} height={22} /> {t.product}</span>
      <nav aria-label={t.nav.label}>
        {views.map((view) => (
          <a key={view} href={href(view)} aria-current={view === current ? "page" : undefined} data-testid={`nav-${view}`}>
            {t.nav[view]}
          </a>
        ))}
      </nav>
      <Freshness polled={cameras} now={now} />
      <time className={styles.clock} dateTime={toWire(now)} data-testid="clock">{clock(language, now)}</time>
      <span className={styles.who} data-testid="who">{person.name}<small>{t.kind[person.kind]}</small></span>
      <LanguageSwitch />
      <button type="button" className={buttons.plain} onClick={onHelp} aria-label={t.help.open} title={t.help.open} data-testid="help-open">?</button>
      <button type="button" className={buttons.plain} onClick={() => void signOut()} data-testid="sign-out">{t.session.signOut}</button>
    </header>
  );
}
