import { beforeEach, expect, it, vi } from "vitest";
import { draftName, draftsOf, forgetClosed, keepMasks, keptMasks } from "./maskDrafts";
import type { Mask } from "./masks";

const MASKS: Mask[] = [{ id: "m-1", positions: [{ at: 0, x: 0, y: 0, w: 0.5, h: 0.5 }, { at: 9, x: 0, y: 0, w: 0.5, h: 0.5 }] }];

/** As browsers have it: its keys are its members. */
class Kept {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? (this[key] as string) : null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    Reflect.deleteProperty(this, key);
  }
}

beforeEach(() => {
  vi.stubGlobal("localStorage", new Kept());
  draftsOf("p-1", 1000);
});

it("keeps masks over a reload of the page and the end of a session", () => {
  keepMasks("cam-1", MASKS);
  draftsOf(null, 1000);
  draftsOf("p-1", 1000);
  expect(keptMasks("cam-1")).toEqual(MASKS);
});

it("shows them to nobody else", () => {
  keepMasks("cam-1", MASKS);
  for (const other of ["p-2", null]) {
    draftsOf(other, 1000);
    expect(keptMasks("cam-1")).toEqual([]);
  }
});

it("destroys those of footage that is gone, and what cannot be read, whoever's it is", () => {
  keepMasks("cam-1", MASKS);
  localStorage.setItem("beffroi.masks.p-3.cam-1", "{");
  draftsOf("p-2", 31 * 86_400_000 + 9);
  expect(Object.keys(localStorage)).toEqual(["beffroi.masks.p-1.cam-1"]);
  draftsOf("p-2", 31 * 86_400_000 + 10);
  expect(Object.keys(localStorage)).toEqual([]);
});

it("destroys the drafts for a request once it is closed, and no other", () => {
  for (const name of ["cam-1", draftName("cam-1", "a-1"), draftName("cam-1", "a-2")]) keepMasks(name, MASKS);
  forgetClosed([{ id: "a-1", status: "refused" }, { id: "a-2", status: "open" }]);
  expect(keptMasks(draftName("cam-1", "a-1"))).toEqual([]);
  expect(keptMasks(draftName("cam-1", "a-2"))).toEqual(MASKS);
  expect(keptMasks("cam-1")).toEqual(MASKS);
});

it("keeps nothing where no mask is left", () => {
  keepMasks("cam-1", MASKS);
  keepMasks("cam-1", []);
  expect(Object.keys(localStorage)).toEqual([]);
});
