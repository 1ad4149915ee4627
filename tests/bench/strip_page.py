"""A page that plays WHEP streams and notes of each painted picture when, and what its strip says.

The strip is that of `ingest/simulator/clock_strip.py`: UTC, or a picture's number. Times are the page's own
(`performance.now`); `utc_offset` makes them UTC. To read a strip takes the page some milliseconds a picture,
which holds up what is measured: `read_strips` switches it off where RTP timestamps tell the pictures apart.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page

_HTML = """<!doctype html><body style="margin:0;background:#222"><script>
const players = {};
let reading = true;
function strip(video, canvas, pen) {
  const w = video.videoWidth, h = video.videoHeight, row = Math.max(2, Math.round(h / 44));
  if (canvas.width !== w) { canvas.width = w; canvas.height = 2 * row; }
  pen.drawImage(video, 0, h - 2 * row, w, 2 * row, 0, 0, w, 2 * row);
  const data = pen.getImageData(0, 0, w, 2 * row).data;
  const mean = (top, bottom, left, right) => {
    let sum = 0;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) sum += data[4 * (y * w + x) + 1];
    return sum / ((bottom - top) * (right - left));
  };
  let value = 0;
  for (let i = 0; i < 48; i++) {
    const left = Math.round((i + 0.25) * w / 48);
    const right = Math.max(left + 1, Math.round((i + 0.75) * w / 48));
    const upper = mean(1, row - 1, left, right), lower = mean(row + 1, 2 * row - 1, left, right);
    if (Math.abs(upper - lower) < 64) return null;
    value = value * 2 + (upper > lower ? 1 : 0);
  }
  const said = Math.floor(value / 64);
  return said % 61 === value % 64 ? said : null;
}
function show(player, stream) {
  const video = player.video = document.createElement('video');
  video.muted = video.autoplay = video.playsInline = true;
  video.width = 480;
  video.srcObject = stream;
  document.body.append(video);
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  return new Promise(done => {
    const painted = (now, frame) => {
      player.frames.push([frame.presentationTime, frame.expectedDisplayTime,
        reading ? strip(video, canvas, pen) : null, frame.receiveTime ?? null, frame.rtpTimestamp ?? null]);
      video.requestVideoFrameCallback(painted);
      done();
    };
    video.requestVideoFrameCallback(painted);
  });
}
async function play(name, url, ticket) {
  const pc = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
  pc.addTransceiver('video', {direction: 'recvonly'});
  const player = players[name] = {pc, frames: []};
  const first = show(player, null);
  pc.ontrack = event => { player.video.srcObject = new MediaStream([event.track]); };
  await pc.setLocalDescription();
  const answer = await fetch(url, {method: 'POST', body: pc.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + ticket}});
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(answer.status + ' ' + text);
  await pc.setRemoteDescription({type: 'answer', sdp: text});
  await first;
}
async function renew(name) {
  const player = players[name], stream = player.video.srcObject;
  player.video.srcObject = null;
  player.video.remove();
  await show(player, stream);
}
function stop(name) {
  players[name].pc.close();
  players[name].video.remove();
  delete players[name];
}
function utcOffset() {
  let most = 0;
  for (let i = 0; i < 20000; i++) most = Math.max(most, Date.now() - performance.now());
  return most;
}
</script></body>"""


@dataclass(frozen=True, slots=True)
class Painted:
    """One picture of a player: handed to the compositor, expected on the screen, its strip if legible and
    read, when its last packet came, and its RTP timestamp."""

    presented_ms: float
    displayed_ms: float
    said: int | None
    received_ms: float | None = None
    rtp: int | None = None


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = _HTML.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


@asynccontextmanager
async def strip_page(browser: Browser, origin: str) -> AsyncIterator[Page]:
    """The page, served at `origin` for as long as it is used."""
    server = await asyncio.start_server(_serve, "127.0.0.1", int(origin.rpartition(":")[2]))
    try:
        page = await browser.new_page()
        await page.goto(f"{origin}/")
        yield page
        await page.close()
    finally:
        server.close()


async def play(page: Page, name: str, url: str, ticket: str) -> None:
    """Play a stream in a player of its own; returns at its first picture."""
    await page.evaluate("([n, u, t]) => play(n, u, t)", [name, url, ticket])


async def stop(page: Page, name: str) -> None:
    await page.evaluate("name => stop(name)", name)


async def renew(page: Page, name: str) -> None:
    """Go on with a new `<video>`, on the same connection; returns at its first picture."""
    await page.evaluate("name => renew(name)", name)


async def read_strips(page: Page, wanted: bool) -> None:
    """Whether strips are read from now on, of all players; they are at first."""
    await page.evaluate("wanted => { reading = wanted; }", wanted)


async def painted(page: Page, name: str) -> list[Painted]:
    """The pictures a player has painted so far."""
    frames = await page.evaluate("name => players[name].frames", name)
    return [Painted(*frame) for frame in frames]


def certain(pictures: Sequence[Painted]) -> list[Painted]:
    """The pictures whose strip is surely their own.

    A page that is called late reads the picture after: two calls then say the same, and the times of the last
    of them are the picture's.
    """
    following = [*(one.said for one in pictures[1:]), None]
    return [
        one for one, next_said in zip(pictures, following, strict=False) if one.said not in (None, next_said)
    ]


async def utc_offset_ms(page: Page) -> float:
    """What makes the page's times milliseconds since 1970."""
    found: float = await page.evaluate("utcOffset()")
    return found
