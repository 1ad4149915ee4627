/** Reasons of the services, by code and parameters, in the reader's words. */
import type { Messages } from "./fr";
import { dateTime, plainDate, type Language } from "./times";

export interface Reason {
  code: string;
  params: Record<string, string | number>;
}

/** What a service said: its English sentence, with its reason where that has a code. */
export interface Told {
  text: string;
  why: Reason | null;
}

export const NOTHING: Told = { text: "", why: null };

type Words = Record<string, string>;

/** A reason as a sentence; null for a code these words do not know (an older page beside a newer service). */
export function words(reason: Reason | null | undefined, t: Messages, language: Language): string | null {
  if (reason === null || reason === undefined) return null;
  const sentence = (t.reasons as Words)[reason.code];
  if (sentence === undefined) return null;
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => shown(name, reason.params[name] ?? "", t, language));
}

type Wording = (value: string, t: Messages, language: Language) => string;

const among = (known: Words, value: string): string => known[value] ?? value;
const instant: Wording = (value, _, language) => (Number.isNaN(Date.parse(value)) ? value : dateTime(language, Date.parse(value)));
const decimal: Wording = (value, _, language) => (language === "fr" ? value.replace(".", ",") : value);
const stretches: Wording = (value, t, language) =>
  value
    .split(", ")
    .map((one) => one.split(" to ").map((end) => instant(end, t, language)).join(" – "))
    .join(", ");
const named: Wording = (value, t) => value.split(", ").map((one) => among(t.fields, one)).join(", ");

/** Parameters whose values have words of their own, by the parameter's name. */
const WORDINGS: Record<string, Wording> = {
  action: (value, t) => among(t.journal.actions, value),
  cause: behind,
  choices: (value) => value.match(/'[^']*'/g)?.join(", ") ?? value,
  kind: (value, t) => among(t.kind, value),
  export_status: (value, t) => among(t.exports.status, value),
  hold_status: (value, t) => among(t.holds.status, value),
  requisition_status: (value, t) => among(t.requisitions.status, value),
  found: (value, t) => among(t.register.proof.found, value),
  access_status: (value, t) => among(t.access.status, value),
  capacity: (value, t) => among(t.requisitions.capacity, value),
  mandate: (value, t) => among(t.requisitions.mandates, value),
  field: named,
  fields: named,
  start: instant,
  end: instant,
  instant,
  other: instant,
  ranges: stretches,
  seconds: decimal,
  date: (value, _, language) => (/^\d{4}-\d\d-\d\d$/.test(value) ? plainDate(language, value) : value),
};

/** What a journal entry was about, in the reader's words; an id alone (a person's, a worker's) stays one. */
export function resourceWords(resource: string, t: Messages): string {
  const { export: exported, hold, clock, requisition, access } = t.journal.resources;
  if (resource === "storage:clock") return clock;
  return resource.replace(/^export:/, `${exported} `).replace(/^hold:/, `${hold} `)
    .replace(/^requisition:/, `${requisition} `).replace(/^access-request:/, `${access} `);
}

/** What lies behind a reason. What has no words here is never the English of somewhere else. */
function behind(value: string, t: Messages, language: Language): string {
  const [code = "", name = ""] = value.split(":");
  const known = Object.hasOwn(t.causes, code) ? (t.causes as Words)[code] : undefined;
  if (known !== undefined) return known.replace("{name}", () => name).trim();
  const reason = nested(value);
  return words(reason, t, language)?.replace(/\.$/, "") ?? t.causes.technical;
}

function nested(value: string): Reason | null {
  try {
    return reasonFrom(JSON.parse(value));
  } catch {
    return null;
  }
}

const shown = (name: string, value: string | number, t: Messages, language: Language): string =>
  typeof value === "number" ? String(value) : (WORDINGS[name]?.(value, t, language) ?? value);

/** A reason as one of the wire's members, null where it is none. */
export function reasonFrom(raw: unknown): Reason | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { code, params } = raw as Record<string, unknown>;
  if (typeof code !== "string" || typeof params !== "object" || params === null) return null;
  const plain = Object.entries(params).filter(
    (one): one is [string, string | number] => typeof one[1] === "string" || typeof one[1] === "number",
  );
  return { code, params: Object.fromEntries(plain) };
}
