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
async function play(url, ticket) {
  const began = performance.now();
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
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
  await pc.setRemoteDescription({type: 'answer', sdp: text});
  return {status: 201, answer: text, ...(await painted)};
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


async def play(page: Page, url: str, ticket: str) -> dict[str, object]:
    """Ask for a stream; resolves with the first painted picture, or with the problem."""
    found: dict[str, object] = await page.evaluate("([u, t]) => play(u, t)", [url, ticket])
    return found


async def inbound(page: Page) -> dict[str, float]:
    """Chromium's statistics of the received video."""
    found: dict[str, float] = await page.evaluate("inbound()")
    return found
