import { describe, expect, it } from "vitest";
import { asProblem, Problem, problemOf } from "./problem";

const answer = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, statusText: "Status", headers });

describe("problemOf", () => {
  it("reads code, sentence and every field", () => {
    const problem = problemOf(answer(400), {
      type: "urn:beffroi:problem:bad-input",
      detail: "name: too short",
      field: "name",
      errors: [{ field: "name", detail: "too short" }, { field: "days", detail: "at most 31" }],
    });
    expect(problem.code).toBe("bad-input");
    expect(problem.fields.map((one) => one.field)).toEqual(["name", "days"]);
  });
  it("takes the one field when there is no list", () => {
    expect(problemOf(answer(400), { detail: "no", field: "code" }).fields).toEqual([{ field: "code", detail: "no", why: null }]);
  });
  it("reads reasons, of the whole and of each field", () => {
    const why = { code: "form-missing", params: {} };
    const problem = problemOf(answer(400), { detail: "no", why, errors: [{ field: "name", detail: "no", why }] });
    expect(problem.why).toEqual(why);
    expect(problem.fields[0]?.why).toEqual(why);
  });
  it("knows how long to wait, from the body or the header", () => {
    expect(problemOf(answer(429), { retry_after_s: 12 }).retryAfterS).toBe(12);
    expect(problemOf(answer(429, { "retry-after": "7" }), "busy").retryAfterS).toBe(7);
    expect(problemOf(answer(429), null).retryAfterS).toBeNull();
  });
  it.each([null, "text", 7, [], {}])("falls back to the status line on %j", (body) => {
    expect(problemOf(answer(502), body).message).toBe("502 Status");
  });
});

it("asProblem turns a network failure into a problem without status", () => {
  expect(asProblem(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, code: "network" });
  const problem = new Problem(403, "no");
  expect(asProblem(problem)).toBe(problem);
});
