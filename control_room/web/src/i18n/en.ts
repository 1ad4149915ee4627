import { admin } from "./en/admin";
import { common } from "./en/common";
import { desk } from "./en/desk";
import { live } from "./en/live";
import { playback } from "./en/playback";
import { causes } from "./en/causes";
import { fields, reasons } from "./en/reasons";
import { storage } from "./en/storage";
import { viewers } from "./en/viewers";
import type { Messages } from "./fr";

export const en: Messages = { ...common, ...live, playback, ...desk, admin, viewers, storage, reasons, causes, fields };
