import { describe, expect, it } from "vitest";
import { pressed, sorted, type SortValue } from "./sorting";

const order = (values: SortValue[], descending = false) => sorted(values, (value) => value, descending, "fr");

describe("sorting rows", () => {
  it("puts numbers by size and what is not known last, either way", () => {
    expect(order([30, null, 4])).toEqual([4, 30, null]);
    expect(order([30, null, 4], true)).toEqual([30, 4, null]);
  });
  it("puts names as a French reader looks for them", () => {
    expect(order(["Zoo", "école", "Caméra 10", "Caméra 9", "Eglise"])).toEqual(["Caméra 9", "Caméra 10", "école", "Eglise", "Zoo"]);
  });
  it("keeps the order of equals in both directions", () => {
    const rows = [{ of: 1, id: "a" }, { of: 1, id: "b" }];
    for (const descending of [false, true]) expect(sorted(rows, (row) => row.of, descending, "fr")).toEqual(rows);
  });
  it("goes up, down and back to the original order", () => {
    const up = pressed(null, "loss");
    const down = pressed(up, "loss");
    expect([up, down, pressed(down, "loss")]).toEqual([{ column: "loss", descending: false }, { column: "loss", descending: true }, null]);
    expect(pressed(down, "camera")).toEqual({ column: "camera", descending: false });
  });
});
