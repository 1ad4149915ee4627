import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSession } from "../api/session";
import { useText } from "../i18n/text";
import { classes } from "../ui/classes";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { LanguageSwitch } from "../ui/LanguageSwitch";
import { submitting } from "../ui/submitting";
import type { Problem } from "../api/problem";
import type { Messages } from "../i18n/fr";
import buttons from "../ui/buttons.module.css";
import notes from "../ui/note.module.css";
import prose from "../ui/prose.module.css";
import styles from "./SignIn.module.css";

interface Props {
  ended: boolean;
  problem: Problem | null;
}

export function SignIn({ ended, problem: before }: Props) {
  const { t } = useText();
  const { signIn } = useSession();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const send = useMutation({ mutationFn: () => signIn(login, password) });
  const problem = send.error;
  const waitS = useWait(problem);
  const notice = noticeOf({ problem: problem ?? before, waitS, ended, t });

  return (
    <main className={styles.signIn}>
      <form onSubmit={submitting(send)} data-testid="sign-in">
        <img src="/beffroi.svg" alt="" width={48} height={48} />
        <h1>{t.product}</h1>
        <p className={prose.hint}>{t.tagline}</p>
        <div role="alert" data-testid="sign-in-notice">
          {notice !== "" && <p className={problem === null && before === null ? notes.note : classes(notes.note, notes.bad)}>{notice}</p>}
        </div>
        <Field label={t.session.login}>
          {(ids) => (
            <input {...ids} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required value={login}
              data-testid="login" onChange={(event) => setLogin(event.target.value)} />
          )}
        </Field>
        <Field label={t.session.password}>
          {(ids) => (
            <span className={buttons.joined}>
              <input {...ids} type={shown ? "text" : "password"} autoComplete="current-password" required value={password}
                data-testid="password" onChange={(event) => setPassword(event.target.value)} />
              <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}
                aria-label={shown ? t.session.hidePassword : t.session.showPassword}>
                <Icon name="eye" />
              </button>
            </span>
          )}
        </Field>
        <button type="submit" className={buttons.primary} disabled={send.isPending || waitS > 0} data-testid="sign-in-submit">
          {send.isPending ? t.session.signingIn : t.session.signIn}
        </button>
        <p className={prose.hint}>{t.session.notice}</p>
        <LanguageSwitch />
      </form>
    </main>
  );
}

interface Notice {
  problem: Problem | null;
  waitS: number;
  ended: boolean;
  t: Messages;
}

function noticeOf({ problem, waitS, ended, t }: Notice): string {
  if (problem === null) return ended ? t.session.ended : "";
  if (problem.status === 429) return waitS > 0 ? t.session.wait(waitS) : t.session.again;
  if (problem.status === 0 || problem.status >= 500) return t.session.unavailable;
  if (problem.status === 401 || problem.status === 400) return t.session.wrong;
  return `${t.problem.forbidden} ${t.problem.said(problem.message)}`;
}

/** Whole seconds left to wait after a 429, counted down. */
function useWait(problem: Problem | null): number {
  const [leftS, setLeftS] = useState(0);
  useEffect(() => {
    if (problem?.status !== 429) {
      setLeftS(0);
      return;
    }
    const until = Date.now() + (problem.retryAfterS ?? 1) * 1000;
    const tick = () => setLeftS(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = window.setInterval(tick, 250);
    return () => window.clearInterval(timer);
  }, [problem]);
  return leftS;
}
