import { afterEach, describe, expect, it, vi } from "vitest";
import { Recordings } from "./storage";

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

describe("what is missing of a range", () => {
  it("is told with its cause", async () => {
    const gap = { from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:01:00Z" };
    const listing = { ranges: [], gaps: [{ ...gap, cause: "disk" }], recording: false, until: null };
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(listing))));
    const found = await recordings().list(SPAN, new AbortController().signal);
    expect(found.gaps).toEqual([{ from: Date.parse(gap.from), to: Date.parse(gap.to), cause: "disk" }]);
  });
});

describe("the UTC of a recording", () => {
  it.each([[{ "X-Beffroi-Uncertainty": "180" }, 180], [{}, null], [{ "X-Beffroi-Uncertainty": "nobody knows" }, null]])(
    "with %o is wrong by %s ms at most", async (told, wrongMs) => {
      vi.stubGlobal("fetch", () => Promise.resolve(new Response(new Uint8Array([1]), { headers: { "X-Beffroi-Codec": "avc1.64001f", ...told } })));
      expect(await media(recordings())).toMatchObject({ wrongMs });
    });
});
