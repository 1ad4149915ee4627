"""Playback beyond play and pause: backward, fast, small pictures, a marked range, the calendar."""

import base64
import io
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from ingest.simulator.clock_strip import Image, read_clock
from tests.browser.story import open_player, picture, sign_in
from tests.browser.test_story import visitor
from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

RECORDED_S = 25


@pytest_asyncio.fixture(loop_scope="session")
async def page(whole: WholeSystem, browser: Browser) -> AsyncIterator[Page]:
    """A legal officer's player, with some recording in its range."""
    async with signed_in(whole.url, "operatrice") as api:
        camera = str((await api.items("/cameras"))[0]["id"])
    async with visitor(browser) as context:
        page = await sign_in(context, whole.url, "juriste")
        await open_player(page, camera)
        first: list[datetime] = []

        async def long_enough() -> bool:
            first.append(await shown(page))
            return (first[-1] - first[0]).total_seconds() >= RECORDED_S

        await eventually(lambda: _has_picture(page), within_s=60, what="a first picture")
        await eventually(long_enough, within_s=90, what="a recording of some length")
        yield page


async def _has_picture(page: Page) -> bool:
    return bool(await page.get_by_test_id("shown-at").get_attribute("data-utc"))


async def shown(page: Page) -> datetime:
    told = await page.get_by_test_id("shown-at").get_attribute("data-utc")
    return datetime.fromisoformat(told or "")


async def _moves(page: Page, seconds: float, within_s: float) -> None:
    """The picture shown goes on by so many seconds, backward where they are negative, in some steps."""
    began = await shown(page)
    seen = {began}

    async def further() -> bool:
        at = await shown(page)
        seen.add(at)
        gone = (at - began).total_seconds()
        return gone <= seconds if seconds < 0 else gone >= seconds

    await eventually(further, within_s=within_s, what=f"the picture {seconds} s further")
    assert len(seen) >= 4, sorted(seen)


async def test_playback_goes_backward_and_fast_and_frame_by_frame_both_ways(page: Page) -> None:
    await page.get_by_test_id("backward").click()
    await _moves(page, -3, 30)
    await page.get_by_test_id("speed-4").click()
    await _moves(page, -8, 30)
    await page.get_by_test_id("backward").click()
    await page.get_by_test_id("speed-16").click()
    await _moves(page, 8, 30)
    await page.get_by_test_id("speed-1").click()
    await page.get_by_test_id("play").click()
    for key, sign in ((",", -1), (".", 1)):
        before = await shown(page)
        await page.keyboard.press(key)

        async def stepped(before: datetime = before, sign: int = sign) -> bool:
            return (await shown(page) - before).total_seconds() * sign > 0

        await eventually(stepped, within_s=20, what=f"a picture by {key}")
        assert abs((await shown(page) - before).total_seconds()) < 0.5


async def test_a_range_marked_by_keys_or_mouse_is_taken_to_where_it_is_held_or_exported(
    page: Page, tmp_path: Path
) -> None:
    await page.get_by_test_id("play").click()
    await page.keyboard.press("o")
    end = await shown(page)
    await page.keyboard.press("ArrowLeft")

    async def earlier() -> bool:
        return (end - await shown(page)).total_seconds() > 3

    await eventually(earlier, within_s=20, what="a picture 5 s earlier")
    await page.keyboard.press("i")
    await expect(page.get_by_test_id("marked")).to_contain_text("→")
    box = await page.get_by_test_id("timeline").bounding_box()
    assert box is not None
    # The system has run for less than the quarter of an hour. What is not recorded says why, to who points at
    # it and in a list that keys reach.
    await page.mouse.move(box["x"] + box["width"] * 0.02, box["y"] + 40)
    await expect(page.get_by_test_id("gap-why")).to_contain_text(":")
    await page.get_by_test_id("gaps").locator("summary").press("Enter")
    await expect(page.get_by_test_id("gaps").get_by_role("button").first).to_be_visible()
    await picture(page, "playback-gaps", tmp_path)
    await page.get_by_test_id("gaps").locator("summary").press("Enter")
    for _ in range(5):
        await page.get_by_test_id("zoom-in").click()
    await expect(page.get_by_test_id("strip").get_by_test_id("thumbnail").first).to_be_visible(timeout=20_000)
    box = await page.get_by_test_id("timeline").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    await expect(page.get_by_test_id("peek").get_by_test_id("thumbnail")).to_be_visible(timeout=20_000)
    await picture(page, "playback-marked", tmp_path)
    await page.keyboard.down("Shift")
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 40, steps=4)
    await page.mouse.up()
    await page.keyboard.up("Shift")
    await page.get_by_test_id("mark-hold").click()
    await expect(page).to_have_url(re.compile(r"#/holds\?camera=[^&]+&from=\d{4}[^&]+Z&to=\d{4}[^&]+Z$"))
    await expect(page.get_by_test_id("camera-choices").get_by_role("checkbox", checked=True)).to_have_count(1)


async def test_the_calendar_offers_the_days_that_have_recordings(page: Page, tmp_path: Path) -> None:
    await page.get_by_test_id("playback-change").click()
    await page.get_by_test_id("open-calendar").click()
    recorded = page.get_by_test_id("calendar").locator("[data-testid^=day-]:not([disabled])")
    await expect(recorded).not_to_have_count(0, timeout=20_000)
    await picture(page, "playback-calendar", tmp_path)
    await recorded.last.click()
    await page.get_by_test_id("playback-open").click()
    await expect(page.get_by_test_id("timeline")).to_be_visible()


BOTH = """() => [...document.querySelectorAll('[data-testid=view-player] video')].map(video => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext('2d').drawImage(video, 0, 0);
  return canvas.toDataURL('image/png').split(',')[1];
})"""
WITHIN_MS = 100


async def test_two_cameras_show_the_same_instant_as_their_burnt_in_clocks_tell(
    page: Page, whole: WholeSystem, tmp_path: Path
) -> None:
    async with signed_in(whole.url, "operatrice") as api:
        second = str((await api.items("/cameras"))[1]["id"])
    for _ in range(3):
        await page.keyboard.press("ArrowLeft")
    await page.get_by_test_id("add-camera").select_option(second)
    offset = page.get_by_test_id("companion")
    apart: list[int] = []

    async def calm() -> bool:
        told = await offset.get_attribute("data-offset")
        if not told or abs(int(told)) > 40:
            apart.clear()
            return False
        clocks = [read_clock(_picture(one)) for one in await page.evaluate(BOTH)]
        if None not in clocks:
            apart.append(abs(int(clocks[0] or 0) - int(clocks[1] or 0)))
        return len(apart) >= 10

    await eventually(calm, within_s=60, what="two cameras in step")
    await picture(page, "playback-synchronised", tmp_path)
    assert max(apart) <= WITHIN_MS, apart
    for shown in (page.get_by_test_id("leader"), offset):
        assert 0 < int(await shown.get_attribute("data-wrong") or 0) <= 1000


def _picture(png: str) -> Image:
    with av.open(io.BytesIO(base64.b64decode(png)), "r", format="png_pipe") as container:
        return np.asarray(next(container.decode(video=0)).to_ndarray(format="bgr24"), np.uint8)
