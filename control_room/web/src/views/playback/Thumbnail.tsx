import { useEffect, useState } from "react";
import type { Thumbs } from "../../playback/thumbs";
import styles from "./playback.module.css";

const PATIENCE_MS = 150;

interface Props {
  thumbs: Thumbs | null;
  atMs: number;
}

/** The picture at an instant, once the instant has stood still for a moment. */
export function Thumbnail({ thumbs, atMs }: Props) {
  const [shown, setShown] = useState<{ atMs: number; address: string } | null>(null);
  useEffect(() => {
    if (thumbs === null) return;
    const leaving = new AbortController();
    const patience = window.setTimeout(() => {
      void thumbs.at(atMs, leaving.signal).then((address) => {
        if (!leaving.signal.aborted) setShown(address === null ? null : { atMs, address });
      });
    }, PATIENCE_MS);
    return () => {
      window.clearTimeout(patience);
      leaving.abort();
    };
  }, [thumbs, atMs]);
  return shown !== null && shown.atMs === atMs
    ? <img src={shown.address} alt="" className={styles.thumbnail} data-testid="thumbnail" />
    : <span className={styles.thumbnail} />;
}
