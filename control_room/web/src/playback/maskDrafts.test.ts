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
  draftsOf("s-1");
});

it("keeps masks over a reload of the page", () => {
  keepMasks("cam-1", MASKS);
  draftsOf("s-1");
  expect(keptMasks("cam-1")).toEqual(MASKS);
});

it("leaves nothing to another session or to nobody", () => {
  keepMasks("cam-1", MASKS);
  draftsOf("s-2");
  expect(keptMasks("cam-1")).toEqual([]);
  draftsOf("s-1");
  expect(keptMasks("cam-1")).toEqual([]);
  keepMasks("cam-1", MASKS);
  draftsOf(null);
  keepMasks("cam-1", MASKS);
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
