"""A real headless Chromium, and a WHEP viewer in it that says when its first picture was decoded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]

VIEWER = """
window.beffroiTest = {
  async play(url, ticket) {
    const began = performance.now();
    const pc = new RTCPeerConnection();
    this.pc = pc;
    pc.addTransceiver('video', {direction: 'recvonly'});
    const video = document.createElement('video');
    video.muted = true; video.autoplay = true; video.playsInline = true;
    document.body.append(video);
    const painted = new Promise(done => video.requestVideoFrameCallback((now, frame) =>
      done({first_ms: frame.presentationTime - began, width: frame.width, height: frame.height})));
    pc.ontrack = event => { video.srcObject = new MediaStream([event.track]); };
    await pc.setLocalDescription();
    const answer = await fetch(url, {method: 'POST', body: pc.localDescription.sdp,
      headers: {'Content-Type': 'application/sdp', 'Authorization': 'Bearer ' + ticket}});
    const text = await answer.text();
    if (answer.status !== 201) return {status: answer.status, problem: text};
    await pc.setRemoteDescription({type: 'answer', sdp: text});
    return {status: 201, ...(await painted)};
  },
  async frames() {
    let decoded = 0;
    (await this.pc.getStats()).forEach(item => {
      if (item.type === 'inbound-rtp') decoded = item.framesDecoded || 0; });
    return decoded;
  },
};
"""


def chromium_path() -> str:
    """Where Debian's Chromium is, or what `BEFFROI_TEST_CHROMIUM` says."""
    return os.environ.get("BEFFROI_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser for the length of a test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def viewer_page(browser: Browser, url: str) -> Page:
    """A page of the system's own origin that can play WHEP streams by `play`."""
    page = await browser.new_page()
    await page.goto(url)
    await page.evaluate(VIEWER)
    return page


async def play(page: Page, url: object, ticket: object) -> dict[str, object]:
    """Play a stream; resolves at its first decoded picture, or with the status and problem of a refusal."""
    found: dict[str, object] = await page.evaluate("([u, t]) => beffroiTest.play(u, t)", [url, ticket])
    return found


async def frames(page: Page) -> int:
    """Pictures decoded so far."""
    count: int = await page.evaluate("beffroiTest.frames()")
    return count
