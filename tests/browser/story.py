"""What people do on the page, one function a deed."""

import os
from contextlib import suppress
from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.support.client import PASSWORD
from tests.support.eventually import eventually
from tests.support.whole import ROOT

MOTIVE = "Veille du soir"
PICTURES = ROOT / "docs" / "pictures"

# Remembers every peer connection of the page, and measures each video's longest wait between frames.
WATCH = """
window.peers = [];
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...given) { super(...given); window.peers.push(this); }
};
window.inbound = async () => {
  const found = [];
  for (const peer of window.peers) {
    if (peer.connectionState !== 'connected') continue;
    (await peer.getStats()).forEach(item => {
      if (item.type === 'inbound-rtp' && item.kind === 'video') found.push({
        decoded: item.framesDecoded || 0, freezes: item.freezeCount || 0,
        frozen_s: item.totalFreezesDuration || 0 });
    });
  }
  return found;
};
window.longestWaits = async (seconds) => {
  const videos = [...document.querySelectorAll('[data-testid=live-tile] video')];
  return Promise.all(videos.map(video => new Promise(done => {
    const began = performance.now();
    let last = began, longest = 0;
    const look = now => { longest = Math.max(longest, now - last); last = now;
      video.requestVideoFrameCallback(look); };
    video.requestVideoFrameCallback(look);
    setTimeout(() => done(Math.max(longest, performance.now() - last)), seconds * 1000);
  })));
};
"""


async def sign_in(context: BrowserContext, url: str, login: str) -> Page:
    """A page of a person who has just signed in."""
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_test_id("login").fill(login)
    await page.get_by_test_id("password").fill(PASSWORD)
    submit, who = page.get_by_test_id("sign-in-submit"), page.get_by_test_id("who")

    async def inside() -> bool:
        # All tests come from one address, which is slowed for all of them.
        if await submit.is_visible() and await submit.is_enabled():
            await submit.click()
        with suppress(PlaywrightTimeout):
            await who.wait_for(timeout=3000)
        return await who.is_visible()

    await eventually(inside, within_s=60, what=f"{login} signed in")
    return page


async def open_wall(page: Page, cameras: list[str], size: int) -> None:
    """The wall with these cameras: it is where an operator lands, and it asks for a motive first."""
    await page.get_by_test_id("motive").fill(MOTIVE)
    await page.get_by_test_id("motive-submit").click()
    await page.get_by_test_id(f"wall-size-{size}").click()
    for camera in cameras:
        await page.get_by_test_id(f"pick-{camera}").click()
    await expect(page.get_by_test_id("live-tile")).to_have_count(len(cameras))


async def open_player(page: Page, camera: str) -> None:
    """Playback of a camera's last quarter of an hour."""
    await page.goto(f"{page.url.split('#')[0]}#/playback/{camera}")
    await page.get_by_test_id("motive").fill("Vol signalé, dossier 118")
    await page.get_by_test_id("last-quarter").click()
    await page.get_by_test_id("playback-open").click()
    await expect(page.get_by_test_id("timeline")).to_be_visible()


async def picture(page: Page, name: str, folder: Path) -> None:
    """A screenshot: into the documents when `BEFFROI_PICTURES` asks for it, else beside the test."""
    target = PICTURES if os.environ.get("BEFFROI_PICTURES") else folder
    target.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=target / f"{name}.png")
