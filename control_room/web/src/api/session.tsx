/** Who is signed in. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { api, ask, whenSessionLost } from "./client";
import { draftsOf } from "../playback/maskDrafts";
import { motiveOf } from "../ui/motive";
import { asProblem, type Problem } from "./problem";
import type { Person } from "./types";

export type SessionState =
  | { kind: "asking" }
  | { kind: "out"; ended: boolean; problem: Problem | null }
  | { kind: "in"; session: string; person: Person };

interface SessionValue {
  state: SessionState;
  signIn: (login: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
}

/** Whose motive and drafts this machine has. */
function theirs(session: { session: string; person: Person } | null): void {
  motiveOf(session?.session ?? null);
  draftsOf(session?.person.id ?? null, Date.now());
}

const SessionContext = createContext<SessionValue | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: "asking" });

  useEffect(() => {
    const stop = whenSessionLost(() => {
      theirs(null);
      setState((old) => ({ kind: "out", ended: old.kind === "in", problem: null }));
    });
    ask(api.GET("/api/v1/session"))
      .then((session) => {
        theirs(session);
        setState({ kind: "in", session: session.session, person: session.person });
      })
      .catch((error: unknown) => {
        const problem = asProblem(error);
        setState({ kind: "out", ended: false, problem: problem.status === 401 ? null : problem });
      });
    return stop;
  }, []);

  const signIn = useCallback(async (login: string, password: string) => {
    const session = await ask(api.POST("/api/v1/session", { body: { login, password } }));
    theirs(session);
    setState({ kind: "in", session: session.session, person: session.person });
  }, []);

  const signOut = useCallback(async () => {
    await ask(api.DELETE("/api/v1/session"));
    theirs(null);
    setState({ kind: "out", ended: false, problem: null });
  }, []);

  const value = useMemo(() => ({ state, signIn, signOut }), [state, signIn, signOut]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): SessionValue {
  const value = useContext(SessionContext);
  if (value === null) throw new Error("useSession outside SessionProvider");
  return value;
}

export function usePerson(): Person {
  const { state } = useSession();
  if (state.kind !== "in") throw new Error("nobody is signed in");
  return state.person;
}
