import { QueryClientProvider } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { cacheOfSession } from "./api/queries";
import { SessionProvider, useSession } from "./api/session";
import { TerritoryProvider } from "./api/territory";
import { TextProvider, useText } from "./i18n/text";
import { Announcer } from "./ui/Announcer";
import { classes } from "./ui/classes";
import { Shell } from "./views/Shell";
import { SignIn } from "./views/SignIn";
import prose from "./ui/prose.module.css";
import spacing from "./ui/spacing.module.css";

function Cached({ children }: { children: ReactNode }) {
  const [client] = useState(cacheOfSession);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

function Gate() {
  const { state } = useSession();
  const { t } = useText();
  switch (state.kind) {
    case "asking":
      return <p className={classes(prose.hint, spacing.pad)} role="status">{t.loading}</p>;
    case "out":
      return (
        <Cached key="out">
          <SignIn ended={state.ended} problem={state.problem} />
        </Cached>
      );
    case "in":
      return (
        <Cached key={state.session}>
          <TerritoryProvider>
            <Shell />
          </TerritoryProvider>
        </Cached>
      );
  }
}

export function App() {
  return (
    <TextProvider>
      <Announcer>
        <SessionProvider>
          <Gate />
        </SessionProvider>
      </Announcer>
    </TextProvider>
  );
}
