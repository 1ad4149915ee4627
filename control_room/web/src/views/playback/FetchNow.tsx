import { useText } from "../../i18n/text";
import { span } from "../../i18n/times";
import type { Fetches } from "../../playback/fetchable";
import prose from "../../ui/prose.module.css";
import styles from "./playback.module.css";

/** Says what a commune's own recorder has of what is missing, and lets it be asked for before all else. */
export function FetchNow({ fetches, onFetch }: { fetches: Fetches; onFetch: () => void }) {
  const { t } = useText();
  if (fetches.toFetchMs === 0 && fetches.fetchingMs === 0) return null;
  const { toFetchMs, fetchingMs, wanted } = fetches;
  return (
    <div className={styles.fetchable} role="group" aria-label={t.playback.fetch.title} data-testid="fetchable">
      <span className={prose.hint}>
        {[
          ...(toFetchMs > 0 ? [t.playback.fetch.left(span(toFetchMs))] : []),
          ...(fetchingMs > 0 ? [t.playback.fetch.coming(span(fetchingMs))] : []),
        ].join(" · ")}
      </span>
      <button type="button" disabled={wanted === null} onClick={onFetch} title={`${t.playback.fetch.now} ( f )`} data-testid="fetch-now">{t.playback.fetch.now}</button>
    </div>
  );
}
