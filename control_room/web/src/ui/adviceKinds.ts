/** Which setting of a camera to change, by kind, so that it can be said in the reader's language. Pure. */
import type { Camera, StreamState } from "../api/types";
import type { Messages } from "../i18n/fr";
import { codecName } from "./codec";

export type AdviceKind = keyof Messages["advice"]["kinds"];

const CODECS: Readonly<Record<string, AdviceKind>> = { "H.265": "h265", "Motion JPEG": "mjpeg", "MPEG-4": "mpeg4" };

const SIGNS: readonly (readonly [AdviceKind, RegExp])[] = [
  ["bFrames", /\bB-frames\b/i],
  ["fields", /\binterlaced\b/i],
  ["refresh", /\bbit by bit\b/i],
];

/** Empty where there is nothing to change, and `other` where the server's sentence says what the page has no words for. */
export function adviceKinds(state: Pick<StreamState, "advice" | "codec">): AdviceKind[] {
  if (state.advice === "") return [];
  const ofCodec = CODECS[codecName(state.codec)];
  const kinds: AdviceKind[] = ofCodec === undefined ? [] : [ofCodec];
  for (const [kind, sign] of SIGNS) if (sign.test(state.advice)) kinds.push(kind);
  return kinds.length === 0 ? ["other"] : kinds;
}

/** The camera works, yet one of its streams costs more than it has to. */
export const hasAdvice = (camera: Camera): boolean => camera.state.advice !== "" || (camera.sub_state?.advice ?? "") !== "";
