/** One connection for a whole wall: N receive-only sections, offered once; what each shows is asked by HTTP. */
import { Problem, problemOf } from "../api/problem";
import { parseStanding, type Standing } from "./standing";

export interface Seat {
  mid: string;
  stream: MediaStream;
  receiver: RTCRtpReceiver;
}

export interface TileWish {
  mid: string;
  /** `commune/camera`, null to empty the tile; left out to change the size alone. */
  camera?: string | null;
  width?: number;
  height?: number;
}

export interface TileCounts {
  mid: string;
  freezes: number;
  freeze_ms: number;
  first_frame_ms: number | null;
  dropped: number;
}

export interface WallSession {
  connection: RTCPeerConnection;
  seats: readonly Seat[];
  /** Changes tiles. A ticket that names them is needed for new cameras only. Throws as `openWallSession`. */
  arrange: (tiles: TileWish[], ticket: string | null) => Promise<Standing>;
  /** Tells what the browser counted, and hears how the session stands. Throws as `openWallSession`. */
  report: (tiles: TileCounts[]) => Promise<Standing>;
  /** Looks for another path after a change of network (RFC 9725 section 4.3.3). Throws as `openWallSession`. */
  restart: () => Promise<void>;
  /** Ends the session at the server and here. Never throws. */
  close: () => void;
}

const ANSWER_MS = 4000;
const FRAGMENT = "application/trickle-ice-sdpfrag";

/** H.264, and H.265 where this browser has it, with their retransmissions. */
function wantedCodecs(): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const named = (name: string) => codecs.filter((codec) => codec.mimeType.toLowerCase() === `video/${name}`);
  const wanted = named("h264");
  if (wanted.length === 0) throw new Problem(415, "no H.264 in this browser", "no-h264");
  return [...wanted, ...named("h265"), ...named("rtx")];
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Opens a session of `sections` tiles; the first ones show the ticket's cameras in order. `signal` aborts it.
 * Throws a Problem when refused; a TypeError when nobody answers.
 */
export async function openWallSession(
  url: string,
  ticket: string,
  sections: number,
  iceServers: RTCIceServer[],
  signal: AbortSignal,
): Promise<WallSession> {
  const codecs = wantedCodecs();
  const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  let resource: string | null = null;
  let etag = "*";
  const close = () => {
    window.removeEventListener("pagehide", close);
    const ended = resource;
    resource = null;
    if (ended === null) {
      connection.close();
      return;
    }
    // A server that ends the session with the connection would not know it any more: the request goes first.
    void fetch(ended, { method: "DELETE", keepalive: true })
      .catch(() => undefined)
      .finally(() => connection.close());
  };

  async function ask(path: string, method: string, type: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    if (resource === null) throw new DOMException("the session has ended", "AbortError");
    const response = await fetch(resource + path, {
      method, body, headers: { "Content-Type": type, ...headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    if (!response.ok) throw problemOf(response, await bodyOf(response));
    return response;
  }
  const standing = async (path: string, method: string, message: unknown, headers: Record<string, string> = {}) =>
    parseStanding(await (await ask(path, method, "application/json", JSON.stringify(message), headers)).json());

  async function restart(): Promise<void> {
    connection.restartIce();
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
    const fragment = fragmentOf(connection.localDescription?.sdp ?? "");
    const response = await ask("", "PATCH", FRAGMENT, fragment, { "If-Match": etag });
    etag = response.headers.get("ETag") ?? "*";
    const sdp = withIce(connection.remoteDescription?.sdp ?? "", await response.text());
    await connection.setRemoteDescription({ type: "answer", sdp });
  }

  try {
    const transceivers = Array.from({ length: sections }, () => {
      const transceiver = connection.addTransceiver("video", { direction: "recvonly" });
      transceiver.setCodecPreferences(codecs);
      return transceiver;
    });
    await connection.setLocalDescription(await connection.createOffer());
    // The server is ICE-lite and learns our address from our first check: no need to gather candidates first.
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket}` },
      body: connection.localDescription?.sdp ?? "",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    if (response.status !== 201) throw problemOf(response, await bodyOf(response));
    const location = response.headers.get("Location");
    if (location !== null) resource = new URL(location, url).href;
    // Whoever closes the page says so, or they would be among those who watch until their silence is noticed.
    window.addEventListener("pagehide", close);
    etag = response.headers.get("ETag") ?? "*";
    const sdp = await response.text();
    signal.throwIfAborted();
    await connection.setRemoteDescription({ type: "answer", sdp });
    signal.throwIfAborted();
    return {
      connection,
      seats: transceivers.map((transceiver) => ({
        mid: transceiver.mid ?? "",
        stream: new MediaStream([transceiver.receiver.track]),
        receiver: transceiver.receiver,
      })),
      arrange: (tiles, token) =>
        standing("/tiles", "PUT", { tiles }, token === null ? {} : { Authorization: `Bearer ${token}` }),
      report: (tiles) => standing("/report", "POST", { tiles }),
      restart,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The ICE part of an offer, as RFC 8840 has it. */
export function fragmentOf(sdp: string): string {
  const lines = sdp.split(/\r?\n/);
  const first = (prefix: string) => lines.find((line) => line.startsWith(prefix));
  const wanted = ["a=group:", "a=ice-options:", "m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:"];
  return wanted.flatMap((prefix) => first(prefix) ?? []).join("\r\n") + "\r\n";
}

/** An answer with the ICE user and password of a fragment in the place of its own. */
export function withIce(answer: string, fragment: string): string {
  let sdp = answer;
  for (const name of ["ice-ufrag", "ice-pwd"]) {
    const said = new RegExp(`^a=${name}:(.*?)\\r?$`, "m").exec(fragment)?.[1];
    if (said !== undefined) sdp = sdp.replace(new RegExp(`^a=${name}:.*?(\\r?)$`, "gm"), `a=${name}:${said}$1`);
  }
  return sdp;
}
