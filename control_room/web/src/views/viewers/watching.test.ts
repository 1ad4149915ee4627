import { describe, expect, it } from "vitest";
import type { Viewer } from "../../api/types";
import { fr } from "../../i18n/fr";
import { arrivalOf, arrivalText, figuresIn, linesOf, streamText, whoIs } from "./watching";

const words = fr.viewers;
const tile: Viewer["tiles"][number] = {
  camera: "cam-1", commune: "59350", kind: "main", codec: "h264", transcoded: false, bitrate_kbps: 2000, loss: 0.012, freezes: 0,
  freeze_ms: 0, dropped: 0, first_packet_ms: 12, first_frame_ms: 80, stale: null, reason: "",
};
const viewer: Viewer = {
  id: "0123456789abcdef", person: null, mux: "http://mux", rtt_ms: 20, jitter_ms: 1.5, loss: 0.012, available_kbps: null, tiles: [tile, tile],
};

describe("the lines of the viewers", () => {
  it("are one a picture, each with an id of its own", () => {
    const lines = linesOf({ muxes: [], viewers: [viewer, { ...viewer, id: "f".repeat(16), tiles: [tile] }] });
    expect(lines.map((line) => line.viewer.id.charAt(0))).toEqual(["0", "0", "f"]);
    expect(new Set(lines.map((line) => line.id)).size).toBe(3);
  });
  it("name the person where the server does, and tell nameless viewers apart", () => {
    expect(whoIs({ ...viewer, person: { id: "p", login: "operatrice", name: "Anne" } }, words)).toBe("Anne");
    expect(whoIs(viewer, words)).toBe("Spectateur 012345");
  });
  it("say which stream is shown and how it was made", () => {
    expect(streamText(tile, words)).toBe("principal · H.264");
    expect(streamText({ ...tile, kind: "sub", codec: "h265", transcoded: true }, words)).toBe("petit · H.265 · converti");
    expect(streamText({ ...tile, kind: null, codec: null }, words)).toBe("inconnu");
  });
  it("say in words why a picture is stale, also for a cause of a later server", () => {
    expect(arrivalText({ ...tile, stale: "link" }, words)).toBe(words.stale.link);
    expect(arrivalText({ ...tile, stale: "moon" }, words)).toBe(words.stale.other);
  });
  it("call a picture fresh only once something of it was sent", () => {
    expect([tile, { ...tile, first_packet_ms: null }, { ...tile, first_packet_ms: null, stale: "camera" }].map(arrivalOf)).toEqual(["fresh", "awaited", "stale"]);
    expect(arrivalText(tile, words)).toBe(words.fresh);
    expect(arrivalText({ ...tile, first_packet_ms: null }, words)).toBe(words.awaited);
  });
});

it("figures are written as the reader writes them, and a dash where nothing is known", () => {
  const figures = figuresIn("fr");
  expect([figures.bitrate(850), figures.bitrate(2040), figures.share(0.0123), figures.ms(1.52), figures.ms(480.4), figures.seconds(1200)])
    .toEqual(["850\u00a0kb/s", "2\u00a0Mb/s", "1,2\u00a0%", "1,5\u00a0ms", "480\u00a0ms", "1,2\u00a0s"]);
  expect([figures.bitrate(null), figures.share(null), figures.ms(null), figures.seconds(null)]).toEqual(["–", "–", "–", "–"]);
});
