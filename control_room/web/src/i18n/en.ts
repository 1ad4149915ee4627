import { admin } from "./en/admin";
import { cameraReasons } from "./en/cameraReasons";
import { common } from "./en/common";
import { desk } from "./en/desk";
import { evidenceReasons } from "./en/evidenceReasons";
import { live } from "./en/live";
import { masks } from "./en/masks";
import { playback } from "./en/playback";
import { causes } from "./en/causes";
import { fields, otherReasons } from "./en/reasons";
import { register } from "./en/register";
import { access, requisitions } from "./en/requisitions";
import { storage } from "./en/storage";
import { viewers } from "./en/viewers";
import type { Messages } from "./fr";

const reasons = { ...cameraReasons, ...evidenceReasons, ...otherReasons };

export const en: Messages = { ...common, ...live, playback, masks, ...desk, admin, viewers, storage, requisitions, access, register, reasons, causes, fields };
