import { describe, expect, it } from "vitest";
import { added, EMPTY, neighbour, parseLayout, placed, removed, resized } from "./layout";

describe("parseLayout", () => {
  it.each([null, "", "null", "{}", '{"size":5,"places":[]}', '{"size":4}', "[1", '"x"'])(
    "falls back to an empty wall on %j",
    (text) => expect(parseLayout(text)).toEqual(EMPTY),
  );
  it("reads back what was saved", () => {
    const layout = resized(placed(EMPTY, 3, "cam-a"), 9);
    expect(parseLayout(JSON.stringify(layout))).toEqual(layout);
  });
  it("drops what is no camera id, and a camera named twice", () => {
    const layout = parseLayout('{"size":4,"places":["a","a",7,{}]}');
    expect(layout.places.slice(0, 4)).toEqual(["a", null, null, null]);
    expect(layout.places).toHaveLength(36);
  });
});

describe("placing cameras", () => {
  it("fills the first free place", () => {
    const layout = added(placed(EMPTY, 0, "a"), "b");
    expect(layout?.places.slice(0, 3)).toEqual(["a", "b", null]);
  });
  it("grows a full wall to the next size", () => {
    const layout = added(resized(placed(EMPTY, 0, "a"), 1), "b");
    expect(layout?.size).toBe(4);
    expect(layout?.places[1]).toBe("b");
  });
  it("says when thirty-six are full", () => {
    let layout = resized(EMPTY, 36);
    for (let i = 0; i < 36; i += 1) layout = placed(layout, i, `c${i}`);
    expect(added(layout, "one-more")).toBeNull();
  });
  it("changes places when a camera already shown is dropped elsewhere", () => {
    const layout = placed(placed(placed(EMPTY, 0, "a"), 1, "b"), 1, "a");
    expect(layout.places.slice(0, 2)).toEqual(["b", "a"]);
  });
  it("forgets only the place that is cleared", () => {
    const layout = removed(placed(placed(EMPTY, 0, "a"), 1, "b"), 0);
    expect(layout.places.slice(0, 2)).toEqual([null, "b"]);
  });
});

describe("neighbour", () => {
  it("walks the grid and stops at its border", () => {
    expect(neighbour(9, 3, 4, "ArrowUp")).toBe(1);
    expect(neighbour(9, 3, 4, "ArrowLeft")).toBe(3);
    expect(neighbour(9, 3, 2, "ArrowRight")).toBe(2);
    expect(neighbour(4, 2, 2, "ArrowDown")).toBe(2);
    expect(neighbour(1, 1, 0, "ArrowDown")).toBe(0);
  });
  it("keeps to the columns of a narrow page, whose last row may be short", () => {
    expect(neighbour(9, 2, 4, "ArrowUp")).toBe(2);
    expect(neighbour(9, 2, 7, "ArrowDown")).toBe(7);
    expect(neighbour(9, 2, 8, "ArrowRight")).toBe(8);
  });
});
