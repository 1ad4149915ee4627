"""When a real Chromium presents each picture, and what of that is a stutter."""

from dataclasses import dataclass

from playwright.async_api import Page

_WATCH = """
beffroiShown = (video, number) => {
  const shown = (window.shown ??= {})[number] = [];
  const next = (now, frame) => {
    shown.push([frame.presentationTime, frame.rtpTimestamp ?? 0, frame.presentedFrames, now]);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
};
document.querySelectorAll('video').forEach(beffroiShown);
new MutationObserver(records => records.forEach(record => record.addedNodes.forEach(node => {
  if (node.tagName === 'VIDEO') beffroiShown(node, document.querySelectorAll('video').length - 1);
}))).observe(document.body, {childList: true});
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on screen: since when, and its RTP time; `count` pictures were there with it."""

    at_ms: float
    time90: int
    count: int


async def watch_pictures(page: Page) -> None:
    """Note each picture of each video from now on."""
    await page.evaluate(_WATCH)


async def shown(page: Page, video: int = 0) -> list[Shown]:
    found = await page.evaluate("number => window.shown[number] ?? []", video)
    return [Shown(at_ms, int(time90), int(count)) for at_ms, time90, count, _ in found]
