import { useText } from "../../i18n/text";
import type { Messages } from "../../i18n/fr";
import { clock, span, type Language } from "../../i18n/times";
import { spanAt } from "../../playback/planner";
import type { PlayerState } from "../../playback/state";
import { classes } from "../../ui/classes";
import { codecName } from "../../ui/codec";
import { problemText } from "../../ui/problemText";
import type { Problem } from "../../api/problem";
import styles from "./playback.module.css";

type Notice = [id: string, text: string];

function progressOf(state: PlayerState, t: Messages): Notice[] {
  if (state.listing?.ranges.length === 0) return [["nothing", t.playback.nothing]];
  if (state.edge === "waiting") return [["waiting", t.playback.waitingLive]];
  if (state.edge === "ended") return [["ended", t.playback.ended]];
  return state.loading && state.problem === null ? [["loading", t.playback.loading]] : [];
}

function jumpOf(state: PlayerState, t: Messages, language: Language): Notice[] {
  if (state.jump === null) return [];
  const { from, to } = state.jump;
  return [["jump", t.playback.jumped(clock(language, from), clock(language, to), span(to - from))]];
}

function convertedOf(state: PlayerState, t: Messages): Notice[] {
  // Of a codec every browser plays, what is converted has no key picture to begin with.
  if (state.recorded.startsWith("avc1") && state.incomplete.length > 0) return [["converted", t.playback.convertedWhole]];
  return state.recorded === "" ? [] : [["converted", t.playback.converted(codecName(state.recorded))]];
}

function incompleteOf({ shownMs, incomplete }: PlayerState, t: Messages): Notice[] {
  return shownMs !== null && spanAt(incomplete, shownMs) !== null ? [["incomplete", t.playback.incomplete]] : [];
}

function failureText(problem: Problem, t: Messages): string {
  if (problem.status === 0 || problem.status >= 500) return t.playback.storageAway;
  if (problem.code === "codec") return t.playback.unsupported(codecName(problem.message));
  return `${t.playback.failed} ${problemText(problem, t)} ${t.problem.said(problem.message)}`;
}

/** What the person must know of the picture on screen: loading, a skipped gap, the end, a failure. */
export function Notices({ state }: { state: PlayerState | null }) {
  const { t, language } = useText();
  const notices: Notice[] = state === null ? [["loading", t.playback.loading]] : [...progressOf(state, t), ...jumpOf(state, t, language), ...incompleteOf(state, t), ...convertedOf(state, t)];
  const problem = state?.problem ?? null;
  return (
    <>
      <div className={styles.notices} role="status" aria-live="polite" data-testid="player-notices">
        {notices.map(([id, text]) => <span key={id} data-testid={`notice-${id}`}>{text}</span>)}
      </div>
      <div className={classes(styles.notices, styles.low)} role="alert">
        {problem !== null && <span className={styles.bad} data-testid="player-problem">{failureText(problem, t)}</span>}
      </div>
    </>
  );
}
