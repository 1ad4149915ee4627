/** French is the first language: its shape is the type every other language must satisfy. */
import { admin } from "./fr/admin";
import { common } from "./fr/common";
import { desk } from "./fr/desk";
import { live } from "./fr/live";
import { playback } from "./fr/playback";
import { causes } from "./fr/causes";
import { fields, reasons } from "./fr/reasons";
import { storage } from "./fr/storage";
import { viewers } from "./fr/viewers";

export const fr = { ...common, ...live, playback, ...desk, admin, viewers, storage, reasons, causes, fields };

export type Messages = typeof fr;
