"""The smallest page that plays a WHEP stream, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
_HTML = """<!doctype html><body style="margin:0;background:#222"><video muted autoplay playsinline></video>
<script>
// Where a relay stands between the page and mux, `window.relay` is its address and port.
const moved = sdp =>
  window.relay ? sdp.replace(/ [0-9.]+ [0-9]+ typ host/g, ` ${window.relay} typ host`) : sdp;
async function play(url, ticket, more) {
  const began = performance.now();
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: 'max-bundle', ...more});
  pc.addTransceiver('video', {direction: 'recvonly'});
  const video = document.querySelector('video');
  const painted = new Promise(done => video.requestVideoFrameCallback((now, frame) =>
    done({first_ms: frame.presentationTime - began, width: frame.width, height: frame.height})));
  pc.ontrack = event => { video.srcObject = new MediaStream([event.track]); };
  await pc.setLocalDescription();
  const answer = await fetch(url, {method: 'POST', body: pc.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + ticket}});
  const text = await answer.text();
  if (answer.status !== 201) return {status: answer.status, problem: JSON.parse(text)};
  window.place = new URL(answer.headers.get('Location'), url).href;
  await pc.setRemoteDescription({type: 'answer', sdp: moved(text)});
  return {status: 201, answer: text, ...(await painted)};
}
async function wall(base, ticket, tiles) {
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
  window.videos = [];
  for (let number = 0; number < tiles; number++) {
    pc.addTransceiver('video', {direction: 'recvonly'});
    const video = document.createElement('video');
    video.muted = video.autoplay = video.playsInline = true;
    video.width = 80;
    document.body.append(video);
    window.videos.push(video);
  }
  pc.ontrack = event => {
    const number = pc.getTransceivers().indexOf(event.transceiver);
    window.videos[number].srcObject = new MediaStream([event.track]);
  };
  await pc.setLocalDescription();
  const answer = await fetch(base + '/wall', {method: 'POST', body: pc.localDescription.sdp,
    headers: {'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + ticket}});
  const text = await answer.text();
  if (answer.status !== 201) return {status: answer.status, problem: text};
  window.place = new URL(answer.headers.get('Location'), base).href;
  window.etag = answer.headers.get('ETag');
  await pc.setRemoteDescription({type: 'answer', sdp: moved(text)});
  return {status: 201, offered: pc.localDescription.sdp.length, answered: text.length, etag: window.etag};
}
async function put(ticket, tiles) {
  const answer = await fetch(window.place + '/tiles', {method: 'PUT', body: JSON.stringify({tiles}),
    headers: {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + ticket}});
  return {status: answer.status, said: await answer.json()};
}
async function tiles() {
  const found = {};
  (await window.pc.getStats()).forEach(s => {
    if (s.type === 'inbound-rtp') found[s.mid] = {decoded: s.framesDecoded || 0, width: s.frameWidth || 0,
      ssrc: s.ssrc, lost: s.packetsLost}; });
  return found;
}
async function restartIce() {
  const before = window.pc.remoteDescription.sdp;
  await window.pc.setLocalDescription(await window.pc.createOffer({iceRestart: true}));
  const lines = window.pc.localDescription.sdp.split('\\r\\n');
  const one = name => lines.find(line => line.startsWith('a=' + name + ':'));
  const answer = await fetch(window.place, {method: 'PATCH',
    body: [one('ice-ufrag'), one('ice-pwd'), ''].join('\\r\\n'),
    headers: {'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*'}});
  const ours = (await answer.text()).split('\\r\\n');
  const value = name => ours.find(line => line.startsWith('a=' + name + ':'));
  const sdp = before.replace(/a=ice-ufrag:.*/g, value('ice-ufrag'))
    .replace(/a=ice-pwd:.*/g, value('ice-pwd'));
  await window.pc.setRemoteDescription({type: 'answer', sdp});
  return {status: answer.status, before: window.etag, after: answer.headers.get('ETag')};
}
async function inbound() {
  let found = {};
  (await window.pc.getStats()).forEach(s => { if (s.type === 'inbound-rtp') found = s; });
  return {...found};
}
</script></body>"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = _HTML.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


@asynccontextmanager
async def served(port: int) -> AsyncIterator[None]:
    """The page on http://127.0.0.1:port/. Really served: Chromium lets no other page reach loopback."""
    server = await asyncio.start_server(_serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


async def open_page(browser: Browser, origin: str) -> Page:
    page = await browser.new_page()
    await page.goto(f"{origin}/")
    return page


async def play(page: Page, url: str, ticket: str, more: object = None) -> dict[str, object]:
    """Ask for a stream; resolves with the first painted picture, or with the problem.

    `more` goes into the connection's configuration.
    """
    found: dict[str, object] = await page.evaluate("([u, t, m]) => play(u, t, m)", [url, ticket, more])
    return found


async def inbound(page: Page) -> dict[str, float]:
    """Chromium's statistics of the received video."""
    found: dict[str, float] = await page.evaluate("inbound()")
    return found


Tiles = dict[str, dict[str, float]]


async def open_wall(page: Page, base: str, ticket: str, tiles: int) -> dict[str, object]:
    """Open a wall of `tiles` sections; resolves when the answer has been taken."""
    found: dict[str, object] = await page.evaluate("([b, t, n]) => wall(b, t, n)", [base, ticket, tiles])
    return found


async def put_tiles(page: Page, ticket: str, tiles: list[dict[str, object]]) -> dict[str, object]:
    """Give tiles other cameras or sizes."""
    found: dict[str, object] = await page.evaluate("([t, w]) => put(t, w)", [ticket, tiles])
    return found


async def tiles_of(page: Page) -> Tiles:
    """What Chromium has decoded of each tile, by mid."""
    found: Tiles = await page.evaluate("tiles()")
    return found


async def restart_ice(page: Page) -> dict[str, object]:
    """A new ICE session by PATCH, as after a change of network."""
    found: dict[str, object] = await page.evaluate("restartIce()")
    return found
