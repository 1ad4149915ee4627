import { useQuery } from "@tanstack/react-query";
import { masksQuery } from "../../api/queries";
import { useText } from "../../i18n/text";
import { bareClock, span } from "../../i18n/times";
import { coveredMs } from "../../playback/masks";
import type { Span } from "../../playback/planner";
import { href } from "../../ui/router";
import buttons from "../../ui/buttons.module.css";
import styles from "./desk.module.css";

/** The picture as it is drawn here: most are of this form, and the boxes are fractions. */
const [WIDE, HIGH] = [320, 180];

interface MaskSpan {
  id: string;
  from: string;
  to: string;
  positions: number;
}

export const maskSpan = (one: { from: string; to: string }): Span => ({ from: Date.parse(one.from), to: Date.parse(one.to) });

/** How many masks a copy has, when each is there, and for how long: what whoever approves answers for. */
export function MaskTimes({ masks, of, camera }: { masks: readonly MaskSpan[]; of: string; camera: string }) {
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
      <MaskPaths of={of} camera={camera} />
    </section>
  );
}

/** Where the masks of a request go over the picture, without the picture: each box where it begins and ends, and its way. */
function MaskPaths({ of, camera }: { of: string; camera: string }) {
  const { t } = useText();
  const masks = useQuery(masksQuery(of, camera)).data?.masks ?? [];
  const middle = (one: { x: number; y: number; w: number; h: number }) => `${(one.x + one.w / 2) * WIDE},${(one.y + one.h / 2) * HIGH}`;
  return (
    <svg viewBox={`0 0 ${WIDE} ${HIGH}`} className={styles.paths} role="img" aria-label={t.masks.paths(masks.length)} data-testid="mask-paths">
      <rect width={WIDE} height={HIGH} fill="#3a424c" />
      {masks.map((mask) => {
        const ends = [mask.positions[0], mask.positions.at(-1)].filter((one) => one !== undefined);
        return (
          <g key={mask.id} stroke="#e9c46a" fill="none">
            {ends.map((one, number) => (
              <rect key={number} x={one.x * WIDE} y={one.y * HIGH} width={one.w * WIDE} height={one.h * HIGH} fill="#000" strokeDasharray={number === 0 ? undefined : "3 2"} />
            ))}
            <polyline points={mask.positions.map(middle).join(" ")} />
          </g>
        );
      })}
    </svg>
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
