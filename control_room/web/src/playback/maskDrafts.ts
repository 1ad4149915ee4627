/**
 * Masks that were drawn and are not ordered yet: on this machine only, under the session's id, so that they survive a
 * reload of the page and are none of another session's. One draft a camera, or a camera of an access request.
 */
import { readMasks, type Mask } from "./masks";

const PREFIX = "beffroi.masks.";
let prefix: string | null = null;

/** Whose drafts they are; what other sessions left is removed. Null when nobody is signed in. */
export function draftsOf(session: string | null): void {
  prefix = session === null ? null : `${PREFIX}${session}.`;
  for (const key of keys()) if (prefix === null || !key.startsWith(prefix)) localStorage.removeItem(key);
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
