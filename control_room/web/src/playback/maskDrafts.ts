/**
 * Masks that were drawn and are not ordered yet: on this machine only, under the id of who drew them, so that they
 * survive a reload and the end of a session. One draft a camera, or a camera of an access request.
 */
import { readMasks, spanOf, type Mask } from "./masks";

const PREFIX = "beffroi.masks.";
/** No recording is older, so that nothing can be made with a draft over one. */
const MONTH_MS = 31 * 86_400_000;
let prefix: string | null = null;

/** Whose drafts they are, null when nobody is signed in. Those of footage that is gone are destroyed, whoever's they are. */
export function draftsOf(person: string | null, nowMs: number): void {
  prefix = person === null ? null : `${PREFIX}${person}.`;
  for (const key of keys()) {
    const newest = Math.max(...readMasks(localStorage.getItem(key)).map((one) => spanOf(one).to));
    if (newest < nowMs - MONTH_MS) localStorage.removeItem(key);
  }
}

/** The name of a draft; `request` is the access request it is for, empty for none. */
export const draftName = (camera: string, request = ""): string => (request === "" ? camera : `${camera}@${request}`);

export const keptMasks = (name: string): Mask[] => (prefix === null ? [] : readMasks(localStorage.getItem(prefix + name)));

export function keepMasks(name: string, masks: readonly Mask[]): void {
  if (prefix === null) return;
  if (masks.length === 0) localStorage.removeItem(prefix + name);
  else localStorage.setItem(prefix + name, JSON.stringify(masks));
}

/** Destroys the drafts for requests that are closed. */
export function forgetClosed(requests: readonly { id: string; status: string }[]): void {
  const closed = new Set(requests.filter((one) => one.status !== "open").map((one) => one.id));
  for (const key of keys()) if (closed.has(key.split("@")[1] ?? "")) localStorage.removeItem(key);
}

const keys = (): string[] => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
