"""When a real Chromium presents each picture, and what of that is a stutter."""

from dataclasses import dataclass
from itertools import pairwise

from playwright.async_api import Page

_WATCH = """() => {
  window.shown = [];
  const watch = (video, number) => {
    const pictures = window.shown[number] = [];
    const next = (now, frame) => {
      pictures.push([frame.presentationTime, frame.presentedFrames]);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  };
  const videos = document.getElementsByTagName('video');
  [...videos].forEach(watch);
  new MutationObserver(records => records.forEach(record => record.addedNodes.forEach(node => {
    if (node.tagName === 'VIDEO') watch(node, [...videos].indexOf(node));
  }))).observe(document.body, {childList: true});
}"""


@dataclass(frozen=True, slots=True)
class Presented:
    """A picture on screen: since when, and how many had been there with it."""

    at_ms: float
    count: int


async def watch_pictures(page: Page) -> None:
    """Note each picture of each video of the page from now on."""
    await page.evaluate(_WATCH)


async def presented(page: Page, video: int) -> list[Presented]:
    """What a video has presented, by its place in the page."""
    found = await page.evaluate("number => window.shown[number] ?? []", video)
    return [Presented(at_ms, int(count)) for at_ms, count in found]


def steps_ms(pictures: list[Presented]) -> list[int]:
    """How long each picture stood, in order."""
    return [round(after.at_ms - before.at_ms) for before, after in pairwise(pictures)]


def stutters(pictures: list[Presented], step_ms: float) -> list[tuple[int, int]]:
    """Where a picture stood half as long again as it should, or longer: when, since the first, how long."""
    return [
        (round(after.at_ms - pictures[0].at_ms), round(after.at_ms - before.at_ms))
        for before, after in pairwise(pictures)
        if after.at_ms - before.at_ms > 1.5 * step_ms
    ]


def lasting(pictures: list[Presented], step_ms: float) -> list[tuple[int, int]]:
    """The stutters that the next picture did not make up for, as it does where one picture alone was late."""
    late = dict(stutters(pictures, step_ms))
    return [
        (at, late[at])
        for before, after, following in zip(pictures, pictures[1:], pictures[2:], strict=False)
        if (at := round(after.at_ms - pictures[0].at_ms)) in late
        and following.at_ms - before.at_ms > 2.5 * step_ms
    ]
