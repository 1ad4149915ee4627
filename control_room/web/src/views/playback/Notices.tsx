import { useText } from "../../i18n/text";
import { clock, span } from "../../i18n/times";
import type { PlayerState } from "../../playback/player";
import { problemText } from "../../ui/problemText";

/** What the person must know of the picture on screen: loading, a skipped gap, the end, a failure. */
export function Notices({ state }: { state: PlayerState | null }) {
  const { t, language } = useText();
  const nothing = state?.listing !== null && state?.listing.ranges.length === 0;
  const notices: [id: string, text: string][] = [];
  if (state === null || (state.loading && state.problem === null && !nothing)) notices.push(["loading", t.playback.loading]);
  if (nothing) notices.push(["nothing", t.playback.nothing]);
  else if (state?.edge === "waiting") notices.push(["waiting", t.playback.waitingLive]);
  else if (state?.edge === "ended") notices.push(["ended", t.playback.ended]);
  if (state?.jump != null) {
    const { from, to } = state.jump;
    notices.push(["jump", t.playback.jumped(clock(language, from), clock(language, to), span(to - from))]);
  }
  const problem = state?.problem ?? null;
  return (
    <>
      <div className="notices" role="status" aria-live="polite" data-testid="player-notices">
        {notices.map(([id, text]) => <span key={id} data-testid={`notice-${id}`}>{text}</span>)}
      </div>
      <div className="notices low" role="alert">
        {problem !== null && (
          <span className="bad" data-testid="player-problem">
            {problem.status === 0 || problem.status >= 500
              ? t.playback.storageAway
              : problem.code === "codec" ? t.playback.unsupported(problem.message) : `${t.playback.failed} ${problemText(problem, t)}`}
          </span>
        )}
      </div>
    </>
  );
}
