import type { Problem } from "../api/problem";
import type { Messages } from "../i18n/fr";

/** A problem in the reader's words; what the server said stands apart, in English. */
export function problemText(problem: Problem, t: Messages): string {
  switch (problem.status) {
    case 0:
      return t.problem.network;
    case 400:
    case 413:
    case 415:
    case 422:
      return t.problem.badInput;
    case 401:
      return t.session.ended;
    case 403:
      return t.problem.forbidden;
    case 404:
      return t.problem.notFound;
    case 409:
      return t.problem.conflict;
    case 429:
      return t.problem.tooMany(problem.retryAfterS ?? 1);
    case 502:
    case 503:
    case 504:
      return t.problem.unavailable;
    default:
      return t.problem.internal;
  }
}
