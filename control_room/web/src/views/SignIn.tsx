import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { patiently } from "../api/patience";
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
  const { leftS: waitS, wait, stop } = useWait();
  const send = useMutation({ mutationFn: () => patiently(() => signIn(login, password), wait) });
  const problem = send.error;
  const notice = waitS > 0 ? t.session.wait(waitS) : noticeOf({ problem: problem ?? before, ended, t });
  const bad = waitS > 0 || problem !== null || before !== null;

  return (
    <main className={styles.signIn}>
      <form onSubmit={submitting(send)} data-testid="sign-in">
        <img src="/beffroi.svg" alt="" width={48} height={48} />
        <h1>{t.product}</h1>
        <p className={prose.hint}>{t.tagline}</p>
        <div role="alert" data-testid="sign-in-notice">
          {notice !== "" && <p className={classes(notes.note, bad && notes.bad)}>{notice}</p>}
        </div>
        <Field label={t.session.login}>
          {(ids) => (
            <input {...ids} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required value={login}
              data-testid="login" onChange={(event) => { stop(); setLogin(event.target.value); }} />
          )}
        </Field>
        <Field label={t.session.password}>
          {(ids) => (
            <span className={buttons.joined}>
              <input {...ids} type={shown ? "text" : "password"} autoComplete="current-password" required value={password}
                data-testid="password" onChange={(event) => { stop(); setPassword(event.target.value); }} />
              <button type="button" aria-pressed={shown} onClick={() => setShown(!shown)}
                aria-label={shown ? t.session.hidePassword : t.session.showPassword}>
                <Icon name="eye" />
              </button>
            </span>
          )}
        </Field>
        <button type="submit" className={buttons.primary} disabled={send.isPending} data-testid="sign-in-submit">
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
  ended: boolean;
  t: Messages;
}

function noticeOf({ problem, ended, t }: Notice): string {
  if (problem === null) return ended ? t.session.ended : "";
  if (problem.status === 429) return t.session.again;
  if (problem.status === 0 || problem.status >= 500) return t.session.unavailable;
  if (problem.status === 401 || problem.status === 400) return t.session.wrong;
  return `${t.problem.forbidden} ${t.problem.said(problem.message)}`;
}

interface Wait {
  /** Whole seconds left. */
  leftS: number;
  /** True once the seconds are over, false where they were stopped. */
  wait: (seconds: number) => Promise<boolean>;
  stop: () => void;
}

/** A wait that is counted down; it ends with the view too. */
function useWait(): Wait {
  const [leftS, setLeftS] = useState(0);
  const ending = useRef<(over: boolean) => void>(() => undefined);
  const wait = useCallback((seconds: number) => new Promise<boolean>((resolve) => {
    const until = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left <= 0) ending.current(true);
      else setLeftS(left);
    };
    const timer = window.setInterval(tick, 250);
    ending.current = (over) => {
      window.clearInterval(timer);
      setLeftS(0);
      resolve(over);
    };
    tick();
  }), []);
  const stop = useCallback(() => ending.current(false), []);
  useEffect(() => stop, [stop]);
  return { leftS, wait, stop };
}
