import type { Mux } from "../../api/types";
import { useText } from "../../i18n/text";
import { Said } from "../../ui/Said";
import { State, type Tone } from "../../ui/State";
import prose from "../../ui/prose.module.css";
import styles from "./Muxes.module.css";

const TONES: Record<Mux["health"], Tone> = { living: "good", late: "wait", dead: "bad" };
const MARKS: Record<Mux["health"], string> = { living: "●", late: "◌", dead: "▲" };

/** The servers that give the pictures out: how each is, and how full. */
export function Muxes({ muxes }: { muxes: readonly Mux[] }) {
  const { t } = useText();
  const words = t.viewers;
  return (
    <ul className={styles.muxes} aria-label={words.muxes}>
      {muxes.map((mux) => (
        <li key={mux.url} data-testid="mux" data-health={mux.health}>
          <State tone={TONES[mux.health]} small><span aria-hidden="true">{MARKS[mux.health]}</span> {words.health[mux.health]}</State>
          <code>{mux.url}</code>
          {mux.viewers !== null && mux.most_viewers !== null && <span className={prose.hint}>{words.load(mux.viewers, mux.most_viewers)}</span>}
          <Said why={mux.why} text={mux.reason} title={t.advice.said} />
        </li>
      ))}
    </ul>
  );
}
