import { admin } from "./en/admin";
import { cameraReasons } from "./en/cameraReasons";
import { common } from "./en/common";
import { desk } from "./en/desk";
import { live } from "./en/live";
import { playback } from "./en/playback";
import { causes } from "./en/causes";
import { fields, otherReasons } from "./en/reasons";
import { register } from "./en/register";
import { storage } from "./en/storage";
import { viewers } from "./en/viewers";
import type { Messages } from "./fr";

const reasons = { ...cameraReasons, ...otherReasons };

export const en: Messages = { ...common, ...live, playback, ...desk, admin, viewers, storage, register, reasons, causes, fields };
