import { describe, expect, it } from "vitest";
import { en } from "./en";
import { fr } from "./fr";

/** Every leaf as `path: kind`, so that two languages of one shape give one list. */
function leaves(node: object, path = ""): [string, unknown][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? leaves(value, `${path}${key}.`) : [[`${path}${key}`, value]],
  );
}

describe("the two languages", () => {
  const french = leaves(fr);
  const english = leaves(en);

  it("have the same messages", () => {
    expect(english.map(([path]) => path).sort()).toEqual(french.map(([path]) => path).sort());
  });
  it("leave no message blank", () => {
    for (const [path, value] of [...french, ...english]) {
      if (typeof value === "string") expect(value.trim(), path).not.toBe("");
      else expect(typeof value, path).toBe("function");
    }
  });
  it("take the same number of parameters", () => {
    const arity = (list: [string, unknown][]) =>
      Object.fromEntries(list.flatMap(([path, value]) => (typeof value === "function" ? [[path, value.length]] : [])));
    expect(arity(english)).toEqual(arity(french));
  });
});
