import type { ComponentProps } from "react";
import { classes } from "./classes";
import styles from "./State.module.css";

export type Tone = "good" | "wait" | "bad" | "rest" | "off";

const TONES: Record<Tone, string | undefined> = {
  good: styles.good, wait: styles.wait, bad: styles.bad, rest: styles.rest, off: styles.off,
};

/** How something stands, coloured. The colour repeats what the words say. */
export function State({ tone, small = false, ...rest }: { tone: Tone; small?: boolean } & ComponentProps<"span">) {
  return <span {...rest} className={classes(styles.state, small && styles.small, TONES[tone])} />;
}
