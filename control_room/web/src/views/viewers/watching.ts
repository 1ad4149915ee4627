/** Who watches what, one line a picture, from what control_room tells of each viewer. Pure. */
import type { Viewer, Viewers } from "../../api/types";
import type { Messages } from "../../i18n/fr";
import type { Language } from "../../i18n/times";
import { codecName } from "../../ui/codec";

type Tile = Viewer["tiles"][number];
type Words = Messages["viewers"];

export interface Line {
  id: string;
  viewer: Viewer;
  tile: Tile;
}

/** One line a picture. A viewer may show one camera twice: the place in its list tells them apart. */
export const linesOf = (viewers: Viewers): Line[] =>
  viewers.viewers.flatMap((viewer) => viewer.tiles.map((tile, place) => ({ id: `${viewer.id}-${place}`, viewer, tile })));

export const whoIs = (viewer: Viewer, words: Words): string => viewer.person?.name ?? words.nameless(viewer.id.slice(0, 6));

/** Which of the camera's streams it is, in what codec, and whether it was converted on its way. */
export function streamText(tile: Tile, words: Words): string {
  const kind = tile.kind === "sub" ? words.kinds.sub : tile.kind === "main" ? words.kinds.main : words.unknown;
  return [kind, tile.codec === null ? "" : codecName(tile.codec), tile.transcoded ? words.converted : ""].filter((part) => part !== "").join(" · ");
}

const hasWords = (stale: string, words: Words): stale is keyof Words["stale"] => stale in words.stale;

export type Arrival = "fresh" | "awaited" | "stale";

/** A picture of which nothing was sent yet is neither fresh nor stale. */
export const arrivalOf = (tile: Tile): Arrival => (tile.stale !== null ? "stale" : tile.first_packet_ms === null ? "awaited" : "fresh");

/** How the picture is, and where it is stale, why. */
export function arrivalText(tile: Tile, words: Words): string {
  if (tile.stale !== null) return words.stale[hasWords(tile.stale, words) ? tile.stale : "other"];
  return arrivalOf(tile) === "fresh" ? words.fresh : words.awaited;
}

export interface Figures {
  bitrate: (kbps: number | null) => string;
  share: (part: number | null) => string;
  ms: (value: number | null) => string;
  seconds: (ms: number | null) => string;
}

/** What is not known is a dash. */
export function figuresIn(language: Language): Figures {
  const one = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const or = (value: number | null, text: (value: number) => string) => (value === null ? "–" : text(value));
  return {
    bitrate: (kbps) => or(kbps, (value) => (value < 1000 ? `${whole.format(value)}\u00a0kb/s` : `${one.format(value / 1000)}\u00a0Mb/s`)),
    share: (part) => or(part, (value) => `${one.format(value * 100)}\u00a0%`),
    ms: (value) => or(value, (known) => `${(known < 10 ? one : whole).format(known)}\u00a0ms`),
    seconds: (ms) => or(ms, (value) => `${one.format(value / 1000)}\u00a0s`),
  };
}
