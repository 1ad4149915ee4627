/** French is the first language: its shape is the type every other language must satisfy. */
import { admin } from "./fr/admin";
import { cameraReasons } from "./fr/cameraReasons";
import { common } from "./fr/common";
import { desk } from "./fr/desk";
import { evidenceReasons } from "./fr/evidenceReasons";
import { live } from "./fr/live";
import { masks } from "./fr/masks";
import { playback } from "./fr/playback";
import { causes } from "./fr/causes";
import { fields, otherReasons } from "./fr/reasons";
import { register } from "./fr/register";
import { access, requisitions } from "./fr/requisitions";
import { storage } from "./fr/storage";
import { viewers } from "./fr/viewers";

const reasons = { ...cameraReasons, ...evidenceReasons, ...otherReasons };

export const fr = { ...common, ...live, playback, masks, ...desk, admin, viewers, storage, requisitions, access, register, reasons, causes, fields };

export type Messages = typeof fr;
