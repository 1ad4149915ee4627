/** What went wrong with a call, whoever answered: RFC 9457 problems of every service, and no answer at all. */
import { NOTHING, reasonFrom, type Reason, type Told } from "../i18n/words";

export interface FieldProblem {
  field: string;
  detail: string;
  why?: Reason | null;
}

export class Problem extends Error {
  /** 0 when nobody answered. */
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterS: number | null;
  /** What the service gave as its reason, where it has a code. */
  readonly why: Reason | null;

  constructor(status: number, detail: string, code = "", fields: readonly FieldProblem[] = [], retryAfterS: number | null = null, why: Reason | null = null) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterS = retryAfterS;
    this.why = why;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function fieldsOf(body: Record<string, unknown>, detail: string): FieldProblem[] {
  const many: unknown = body["errors"];
  if (Array.isArray(many)) {
    const found = many.filter(isRecord).map((one) => ({ field: text(one["field"]), detail: text(one["detail"]), why: reasonFrom(one["why"]) }));
    if (found.length > 0) return found;
  }
  const one = text(body["field"]);
  return one === "" ? [] : [{ field: one, detail, why: reasonFrom(body["why"]) }];
}

/** The problem in an answer that is not a success; a body that is no problem leaves the status line. */
export function problemOf(response: Response, body: unknown): Problem {
  const fallback = `${response.status} ${response.statusText}`.trim();
  if (!isRecord(body)) return new Problem(response.status, fallback, "", [], retryAfter(response, null));
  const detail = text(body["detail"]) || text(body["title"]) || fallback;
  const code = text(body["type"]).replace(/^urn:beffroi:problem:/, "");
  return new Problem(response.status, detail, code, fieldsOf(body, detail), retryAfter(response, body["retry_after_s"]), reasonFrom(body["why"]));
}

function retryAfter(response: Response, member: unknown): number | null {
  const seconds = typeof member === "number" ? member : Number(response.headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

/** Any failure as a Problem; aborts are the caller's own doing and must be let through before. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, error instanceof Error ? error.message : String(error), "network");

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** What a service said of a failure; nothing where nobody answered. */
export const toldOf = (problem: Problem): Told =>
  problem.status === 0 ? NOTHING : { text: problem.message, why: problem.why };
