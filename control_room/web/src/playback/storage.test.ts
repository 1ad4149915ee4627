import { afterEach, describe, expect, it, vi } from "vitest";
import { Listings, Recordings } from "./storage";

const TICKET = { url: "http://storage/recordings/59350/cam/main", ticket: "t", until: "2100-01-01T00:00:00Z" };
const SPAN = { from: 0, to: 10_000 };

/** Storage with a recording of `codec`: converted where H.264 is asked for. */
function storageOf(codec: string) {
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    const wanted = new URL(address).searchParams.get("codec");
    asked.push(wanted);
    const converted = wanted === "h264" && !codec.startsWith("avc1");
    const headers: Record<string, string> = { "X-Beffroi-Codec": converted ? "avc1.42c01f" : codec };
    if (converted) headers["X-Beffroi-Transcoded"] = codec;
    return Promise.resolve(new Response(new Uint8Array([1]), { headers }));
  });
  return asked;
}

const recordings = () => new Recordings(() => Promise.resolve(TICKET as never), (codec) => codec.startsWith("avc1"));
const media = async (from: Recordings) => from.media(SPAN, 0, new AbortController().signal);

afterEach(() => vi.unstubAllGlobals());

describe("a recording", () => {
  it("is played as it is where the browser can", async () => {
    const asked = storageOf("avc1.64001f");
    expect(await media(recordings())).toMatchObject({ codec: "avc1.64001f", recorded: "" });
    expect(asked).toEqual([null]);
  });

  it.each(["hvc1.1.6.L93.B0", "mp4v.6C", "mp4v.20.3"])("of %s is asked for in H.264 where it cannot, from then on", async (codec) => {
    const asked = storageOf(codec);
    const from = recordings();
    expect(await media(from)).toMatchObject({ codec: "avc1.42c01f", recorded: codec });
    await media(from);
    expect(asked).toEqual([null, "h264", "h264"]);
  });

  it("without a key picture is asked for converted, though its codec is played, and says until when it is incomplete", async () => {
    const complete = "2026-01-01T00:00:02Z";
    const asked: (string | null)[] = [];
    vi.stubGlobal("fetch", (address: string) => {
      asked.push(new URL(address).searchParams.get("codec"));
      return Promise.resolve(new Response(new Uint8Array([1]), { headers: { "X-Beffroi-Codec": "avc1.64001f", "X-Beffroi-Complete": complete } }));
    });
    expect(await media(recordings())).toMatchObject({ completeFrom: Date.parse(complete) });
    expect(asked).toEqual([null, "h264"]);
  });
});

describe("gaps that a commune's recorder can fill", () => {
  const listed = (gaps: object[]) => ({ ranges: [], gaps, recording: false, until: "2026-01-02T00:00:00Z" });
  const gap = (fetch?: string) => ({ from: "1970-01-01T00:00:00Z", to: "1970-01-01T00:00:05Z", ...(fetch === undefined ? {} : { fetch }) });

  it("are those that storage says can be fetched; an older storage says nothing of it", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json(listed([gap("to-fetch"), gap("fetching"), gap("absent"), gap()]))));
    const listing = await recordings().list(SPAN, new AbortController().signal);
    expect(listing.fetchable).toEqual([{ from: 0, to: 5000, fetch: "to-fetch" }, { from: 0, to: 5000, fetch: "fetching" }]);
  });

  it("are asked for with the ticket that plays them", async () => {
    const asked: [string, RequestInit][] = [];
    vi.stubGlobal("fetch", (address: string, how: RequestInit) => {
      asked.push([address, how]);
      return Promise.resolve(new Response(null, { status: 204 }));
    });
    await recordings().fetchNow(SPAN, new AbortController().signal);
    const [[address, how]] = asked as [[string, RequestInit]];
    expect(address.startsWith(`${TICKET.url}/fetch?`)).toBe(true);
    expect(how).toMatchObject({ method: "PUT", headers: { Authorization: "Bearer t" } });
  });

  it("keep the list of a range that is over fresh until they are here", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const gaps = [gap("fetching")];
    const asked = vi.fn(() => Promise.resolve(Response.json(listed(gaps))));
    vi.stubGlobal("fetch", asked);
    const listings = new Listings(recordings(), SPAN);
    const signal = new AbortController().signal;
    for (const [left, calls] of [[1, 1], [1, 2], [0, 3], [0, 3]] as const) {
      gaps.length = left;
      await listings.fresh(signal);
      vi.advanceTimersByTime(5000);
      expect(asked).toHaveBeenCalledTimes(calls);
    }
    vi.useRealTimers();
  });
});
