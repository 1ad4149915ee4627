import { useCallback } from "react";
import { asProblem } from "../../api/problem";
import { useText } from "../../i18n/text";
import { fetchesOf } from "../../playback/fetchable";
import type { Span } from "../../playback/planner";
import type { PlayerState } from "../../playback/state";
import type { Fetchable, Recordings } from "../../playback/storage";
import { useSay } from "../../ui/Announcer";
import { problemText } from "../../ui/problemText";

const NOTHING: readonly Fetchable[] = [];

/** What a commune's recorder has of what is shown, and the asking for it. */
export function useFetches(state: PlayerState | null, shown: Span, recordings: Recordings | null) {
  const { t } = useText();
  const say = useSay();
  const fetchable = state?.listing?.fetchable ?? NOTHING;
  const fetches = fetchesOf(fetchable, shown, state?.shownMs ?? null);
  const { wanted } = fetches;
  const ask = useCallback(
    async (range: Span) => {
      try {
        await recordings?.fetchNow(range, new AbortController().signal);
        say(t.playback.fetch.asked);
      } catch (error) {
        say(problemText(asProblem(error), t));
      }
    },
    [recordings, say, t],
  );
  const [from, to] = [wanted?.from ?? null, wanted?.to ?? null];
  const fetchNow = useCallback(() => {
    if (from !== null && to !== null) void ask({ from, to });
  }, [ask, from, to]);
  return { fetchable, fetches, fetchNow };
}
