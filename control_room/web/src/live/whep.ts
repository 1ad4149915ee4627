/** One WHEP session (draft-ietf-wish-whep): an offer posted with a bearer ticket, a picture back, and its end. */
import { Problem, problemOf } from "../api/problem";

export interface WhepSession {
  connection: RTCPeerConnection;
  stream: MediaStream;
  /** Ends the session at the server and here. Never throws. */
  close: () => void;
}

/** H.264 with its retransmissions, or nothing where this browser has no H.264. */
function h264Codecs(): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const wanted = codecs.filter((codec) => codec.mimeType.toLowerCase() === "video/h264");
  if (wanted.length === 0) throw new Problem(415, "no H.264 in this browser", "no-h264");
  return [...wanted, ...codecs.filter((codec) => codec.mimeType.toLowerCase() === "video/rtx")];
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Opens a session. `signal` aborts it. Throws a Problem when refused; a TypeError when nobody answers. */
export async function openWhep(url: string, ticket: string, signal: AbortSignal): Promise<WhepSession> {
  const codecs = h264Codecs();
  const connection = new RTCPeerConnection();
  const stream = new MediaStream();
  let resource: string | null = null;
  const close = () => {
    const ended = resource;
    resource = null;
    if (ended === null) {
      connection.close();
      return;
    }
    // A server that ends the session with the connection would not know it any more: the request goes first.
    void fetch(ended, { method: "DELETE", keepalive: true, headers: { Authorization: `Bearer ${ticket}` } })
      .catch(() => undefined)
      .finally(() => connection.close());
  };
  try {
    const transceiver = connection.addTransceiver("video", { direction: "recvonly" });
    transceiver.setCodecPreferences(codecs);
    connection.addEventListener("track", (event) => stream.addTrack(event.track));
    await connection.setLocalDescription(await connection.createOffer());
    // The server is ICE-lite and learns our address from our first check: no need to gather candidates first.
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket}` },
      body: connection.localDescription?.sdp ?? "",
      signal,
    });
    if (response.status !== 201) throw problemOf(response, await bodyOf(response));
    const location = response.headers.get("Location");
    if (location !== null) resource = new URL(location, url).href;
    const sdp = await response.text();
    signal.throwIfAborted();
    await connection.setRemoteDescription({ type: "answer", sdp });
    signal.throwIfAborted();
    return { connection, stream, close };
  } catch (error) {
    close();
    throw error;
  }
}

export interface ReceiverCounts {
  framesDecoded: number;
  bytes: number;
  /** Of the last frame played, null when the browser does not tell now. */
  rtpTimestamp: number | null;
}

/** What the video receiver has counted so far; null before it has. */
export async function receiverCounts(connection: RTCPeerConnection): Promise<ReceiverCounts | null> {
  const report = await connection.getStats();
  for (const stats of report.values() as Iterable<Record<string, unknown>>) {
    if (stats["type"] === "inbound-rtp" && stats["kind"] === "video") {
      const rtpTimestamp = connection.getReceivers()[0]?.getSynchronizationSources()[0]?.rtpTimestamp ?? null;
      return { framesDecoded: Number(stats["framesDecoded"] ?? 0), bytes: Number(stats["bytesReceived"] ?? 0), rtpTimestamp };
    }
  }
  return null;
}
