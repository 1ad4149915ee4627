import { useText } from "../../i18n/text";
import { bareClock, span } from "../../i18n/times";
import { coveredMs } from "../../playback/masks";
import type { Span } from "../../playback/planner";
import { href } from "../../ui/router";
import buttons from "../../ui/buttons.module.css";
import styles from "./desk.module.css";

interface MaskSpan {
  id: string;
  from: string;
  to: string;
  positions: number;
}

export const maskSpan = (one: { from: string; to: string }): Span => ({ from: Date.parse(one.from), to: Date.parse(one.to) });

/** How many masks a copy has, when each is there, and for how long: what whoever approves answers for. */
export function MaskTimes({ masks }: { masks: readonly MaskSpan[] }) {
  const { t, language } = useText();
  const words = t.masks;
  return (
    <section className={styles.preflight} aria-label={words.title} data-testid="mask-times">
      <strong>{words.redacted(masks.length, span(coveredMs(masks.map(maskSpan))))}</strong>
      <ol>
        {masks.map((one, number) => {
          const { from, to } = maskSpan(one);
          return <li key={one.id}>{words.name(number + 1)} : {bareClock(language, from)} → {bareClock(language, to)} ({span(to - from)}, {words.positions(one.positions)})</li>;
        })}
      </ol>
    </section>
  );
}

interface SeeProps {
  /** Of the requisition or the access request. */
  id: string;
  camera: string;
  from: string;
  to: string;
  /** When the first mask begins. */
  first: string;
  label?: string;
}

/** Leads to the pictures with the masks over them, as they will be burnt in. */
export function SeeMasks({ id, camera, from, to, first, label }: SeeProps) {
  const { t } = useText();
  const at = first > from ? first : from;
  return <a className={buttons.button} href={href("playback", camera, { from, to, at, masks: id })} data-testid="see-masks">{label ?? t.masks.see}</a>;
}
