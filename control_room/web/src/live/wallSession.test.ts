import { describe, expect, it } from "vitest";
import { parseStanding } from "./standing";
import { fragmentOf, withIce } from "./wallSession";

const OFFER = [
  "v=0", "o=- 1 2 IN IP4 127.0.0.1", "a=group:BUNDLE 0 1", "m=video 9 UDP/TLS/RTP/SAVPF 102", "a=ice-ufrag:abcd",
  "a=ice-pwd:secretsecretsecretsecret", "a=ice-options:trickle", "a=mid:0", "m=video 9 UDP/TLS/RTP/SAVPF 102",
  "a=ice-ufrag:abcd", "a=mid:1", "",
].join("\r\n");

describe("an ICE restart", () => {
  it("sends the ICE part of the offer alone", () => {
    expect(fragmentOf(OFFER).split("\r\n")).toEqual([
      "a=group:BUNDLE 0 1", "a=ice-options:trickle", "m=video 9 UDP/TLS/RTP/SAVPF 102", "a=mid:0", "a=ice-ufrag:abcd",
      "a=ice-pwd:secretsecretsecretsecret", "",
    ]);
  });
  it("puts the new user and password into every section of the answer", () => {
    const renewed = withIce(OFFER, "a=ice-ufrag:wxyz\r\na=ice-pwd:another$1\r\n");
    expect(renewed.match(/a=ice-ufrag:wxyz/g)).toHaveLength(2);
    expect(renewed).not.toContain("abcd");
    expect(renewed.split("\r\n")).toHaveLength(OFFER.split("\r\n").length);
  });
});

describe("parseStanding", () => {
  it.each([null, 7, "x", {}, { tiles: 3 }, { tiles: [null, 5] }])("takes %j for nothing known", (raw) => {
    expect(parseStanding(raw)).toEqual({ rtt_ms: null, jitter_ms: null, loss: null, bitrate_kbps: null, available_kbps: null, tiles: [] });
  });
  it("reads what a server says and drops a cause it does not know", () => {
    const standing = parseStanding({ rtt_ms: 12, tiles: [{ mid: "0", stale: "link", reason: "lost" }, { mid: "1", stale: "weather" }] });
    expect(standing.rtt_ms).toBe(12);
    expect(standing.tiles.map((tile) => tile.stale)).toEqual(["link", null]);
  });
});
