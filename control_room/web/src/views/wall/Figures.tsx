import { useText } from "../../i18n/text";
import type { Tile } from "../../live/useTile";
import { codecName } from "../../ui/codec";
import { bitrate } from "./tileText";
import styles from "./wall.module.css";

/** What is known of a tile's way here: what the mux measures of the link, and what the browser counts. */
export function Figures({ tile }: { tile: Tile }) {
  const { t, language } = useText();
  const names = t.tile.figures;
  const { standing, path, counts } = tile;
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const ms = (value: number | null | undefined) => (value == null ? names.unknown : `${decimal.format(value)} ms`);
  const share = (value: number | null | undefined) => (value == null ? names.unknown : `${decimal.format(value * 100)} %`);
  const stream = standing?.kind == null ? names.unknown : standing.kind === "sub" ? names.sub : names.main;
  const codec = standing?.codec == null ? "" : ` · ${codecName(standing.codec)}`;
  const rows: [string, string][] = [
    [names.stream, `${stream}${codec}${standing?.transcoded === true ? ` · ${names.transcoded}` : ""}`],
    [names.bitrate, bitrate(tile.bitrateBps)],
    [names.loss, share(standing?.loss)],
    [names.roundTrip, ms(path?.rtt_ms)],
    [names.jitter, ms(path?.jitter_ms)],
    [names.freezes, counts === null ? names.unknown : `${counts.freezes} · ${decimal.format(counts.freezeMs / 1000)} s`],
    [names.firstFrame, ms(tile.firstFrameMs === null ? null : Math.round(tile.firstFrameMs))],
  ];
  return (
    <dl className={styles.tileFigures} data-testid="tile-figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
