/** Which camera stands in which place of the wall. Pure, and safe on whatever localStorage held. */

export const WALL_SIZES = [1, 4, 9, 16, 36] as const;
export type WallSize = (typeof WALL_SIZES)[number];
const PLACES = 36;

export interface Layout {
  size: WallSize;
  /** Camera ids; always 36 long, so that a smaller wall does not forget the rest. */
  places: readonly (string | null)[];
}

export const EMPTY: Layout = { size: 4, places: Array<string | null>(PLACES).fill(null) };

const isSize = (value: unknown): value is WallSize => WALL_SIZES.some((size) => size === value);

export function parseLayout(text: string | null): Layout {
  if (text === null) return EMPTY;
  try {
    const raw = JSON.parse(text) as { size?: unknown; places?: unknown };
    if (!isSize(raw.size) || !Array.isArray(raw.places)) return EMPTY;
    const given: unknown[] = raw.places;
    const places = EMPTY.places.map((_, index) => {
      const id = given[index];
      return typeof id === "string" && given.indexOf(id) === index ? id : null;
    });
    return { size: raw.size, places };
  } catch {
    return EMPTY;
  }
}

export const resized = (layout: Layout, size: WallSize): Layout => ({ ...layout, size });

export function removed(layout: Layout, place: number): Layout {
  return { ...layout, places: layout.places.map((id, index) => (index === place ? null : id)) };
}

/** Puts a camera in a place. A camera already on the wall changes places with what stood there. */
export function placed(layout: Layout, place: number, camera: string): Layout {
  const from = layout.places.indexOf(camera);
  if (from >= 0) return swapped(layout, from, place);
  return { ...layout, places: layout.places.map((id, index) => (index === place ? camera : id)) };
}

export function swapped(layout: Layout, a: number, b: number): Layout {
  const { places } = layout;
  return {
    ...layout,
    places: places.map((id, i) => (i === a ? (places[b] ?? null) : i === b ? (places[a] ?? null) : id)),
  };
}

/** The first free shown place; a full wall grows to the next size if there is one; else null. */
export function added(layout: Layout, camera: string): Layout | null {
  const shown = layout.places.slice(0, layout.size);
  if (shown.includes(camera)) return layout;
  const free = shown.indexOf(null);
  if (free >= 0) return placed(layout, free, camera);
  const next = WALL_SIZES.find((size) => size > layout.size);
  return next === undefined ? null : added(resized(layout, next), camera);
}

/** The place an arrow leads to, on a grid of so many columns; the same place at the border. */
export function neighbour(size: WallSize, columns: number, place: number, key: string): number {
  const column = place % columns;
  if (key === "ArrowLeft" && column > 0) return place - 1;
  if (key === "ArrowRight" && column < columns - 1 && place + 1 < size) return place + 1;
  if (key === "ArrowUp" && place >= columns) return place - columns;
  if (key === "ArrowDown" && place + columns < size) return place + columns;
  return place;
}
