/** French is the first language: its shape is the type every other language must satisfy. */
import { admin } from "./fr/admin";
import { common } from "./fr/common";
import { desk } from "./fr/desk";
import { live } from "./fr/live";
import { playback } from "./fr/playback";

export const fr = { ...common, ...live, playback, ...desk, admin };

export type Messages = typeof fr;
