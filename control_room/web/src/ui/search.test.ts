import { expect, it } from "vitest";
import { matches } from "./search";

it.each([
  ["", true],
  ["bethune", true],
  ["LILLE béth", true],
  ["roubaix", false],
])("typing %j finds Rue de Béthune of Lille: %s", (typed, found) => {
  expect(matches(typed, "Rue de Béthune", "Lille")).toBe(found);
});

it("finds what is written with a ligature", () => {
  expect(matches("baroeul", "Mons-en-Barœul")).toBe(true);
});
