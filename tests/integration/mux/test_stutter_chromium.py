"""How evenly a real Chromium shows what is transcoded for it, from the first picture on."""

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest
from playwright.async_api import Page

from ingest.simulator.encoder import Coding, Encoding
from tests.integration.mux.page import (
    CHROMIUM,
    chromium,
    inbound,
    open_page,
    open_wall,
    play,
    put_tiles,
    served,
)
from tests.integration.mux.presented import lasting, presented, steps_ms, stutters, watch_pictures
from tests.integration.mux.rig import ORIGIN, PAGE_PORT, Bursts, Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units_as

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
_WITHIN_S = 40.0
_WATCHED_MS = 4000
# A busy machine may hold one picture up, which the next one makes up for.
_MOST_LATE = 1


async def watched(page: Page, mux: Mux, *, wall: bool, pictures: int) -> int:
    """Watch the test stream; the place of its video in the page, once it has presented so many."""
    await watch_pictures(page)
    path = STREAM.camera_path
    if wall:
        await open_wall(page, mux.base, mux.wall_ticket(path), 1)
        wish: dict[str, object] = {"mid": "0", "camera": path, "width": 1280, "height": 720}
        await put_tiles(page, mux.wall_ticket(path), [wish])
    else:
        await play(page, mux.url(), mux.ticket())
    video = int(wall)

    async def shown() -> bool:
        found = await presented(page, video)
        return (
            len(found) > 0
            and found[-1].at_ms - found[0].at_ms >= _WATCHED_MS
            and (found[-1].count >= pictures)
        )

    await eventually(shown, within_s=_WITHIN_S, what=f"{pictures} pictures in four seconds or more")
    return video


@pytest.mark.parametrize(
    ("wall", "head_start", "b_frames"),
    [(False, 0, 2), (False, 13, 2), (True, 0, 3), (True, 13, 3)],
    ids=["single-at-key", "single-mid-group", "wall-at-key", "wall-mid-group"],
)
async def test_ten_pictures_a_second_with_b_frames_do_not_stutter(
    tmp_path: Path, wall: bool, head_start: int, b_frames: int
) -> None:
    units = units_as(Coding(320, 240, Fraction(10), 2.0, 300, b_frames), 100)
    async with running_mux(tmp_path) as mux, served(PAGE_PORT), chromium() as browser:
        page = await open_page(browser, ORIGIN)
        async with playing(Bursts(units, mux.tap_port, 10), head_start=head_start):
            video = await watched(page, mux, wall=wall, pictures=30)
            pictures = await presented(page, video)
            assert lasting(pictures, 100) == [], steps_ms(pictures)
            assert len(stutters(pictures, 100)) <= _MOST_LATE, steps_ms(pictures)
            assert (await inbound(page))["freezeCount"] <= _MOST_LATE


async def test_thirty_pictures_a_second_are_shown_at_all_that_the_limit_allows(tmp_path: Path) -> None:
    units = units_as(Coding(320, 240, Fraction(30), 1.0, 300, 0, Encoding.MPEG4), 60)
    async with running_mux(tmp_path, transcoded_fps=25) as mux, served(PAGE_PORT), chromium() as browser:
        page = await open_page(browser, ORIGIN)
        async with playing(Camera(units, mux.tap_port, 30)):
            await watched(page, mux, wall=False, pictures=1)
            before = (await inbound(page))["framesDecoded"]
            since = asyncio.get_running_loop().time()

            async def more() -> bool:
                return (await inbound(page))["framesDecoded"] >= before + 60

            await eventually(more, within_s=_WITHIN_S, what="sixty more pictures")
            took_s = asyncio.get_running_loop().time() - since
            assert 60 / took_s > 20
