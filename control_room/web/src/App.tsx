import { SessionProvider, useSession } from "./api/session";
import { TerritoryProvider } from "./api/territory";
import { TextProvider, useText } from "./i18n/text";
import { Announcer } from "./ui/Announcer";
import { Shell } from "./views/Shell";
import { SignIn } from "./views/SignIn";

function Gate() {
  const { state } = useSession();
  const { t } = useText();
  switch (state.kind) {
    case "asking":
      return <p className="hint pad" role="status">{t.loading}</p>;
    case "out":
      return <SignIn ended={state.ended} problem={state.problem} />;
    case "in":
      return (
        <TerritoryProvider key={state.person.id}>
          <Shell />
        </TerritoryProvider>
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
