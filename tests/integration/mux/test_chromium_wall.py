"""A wall in a real Chromium: one peer connection, many tiles."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page

from shared.ids import StreamId
from tests.integration.mux.page import (
    CHROMIUM,
    chromium,
    open_page,
    open_wall,
    put_tiles,
    restart_ice,
    served,
    tiles_of,
)
from tests.integration.mux.rig import ORIGIN, PAGE_PORT, Camera, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.pictures import units

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
STREAMS = [StreamId("59350", f"cam-{number}") for number in range(4)]
PATHS = [stream.camera_path for stream in STREAMS]
# Of another size than the rest: what a tile shows can be told by it.
WIDE = StreamId("59350", "cam-wide")
_WITHIN_S = 40.0


@asynccontextmanager
async def page_on_a_street(folder: Path) -> AsyncIterator[tuple[Mux, Page]]:
    """A page, and five small cameras that play."""
    recorded = units(20, gop=10, width=160, height=128, fps=5)
    wide = units(20, gop=10, width=256, height=128, fps=5)
    async with AsyncExitStack() as stack:
        mux = await stack.enter_async_context(running_mux(folder))
        await stack.enter_async_context(served(PAGE_PORT))
        for stream, pictures in [*((stream, recorded) for stream in STREAMS), (WIDE, wide)]:
            camera = Camera([replace(one, stream=stream) for one in pictures], mux.tap_port, fps=5)
            await stack.enter_async_context(playing(camera, head_start=3))
        browser = await stack.enter_async_context(chromium())
        yield mux, await open_page(browser, ORIGIN)


async def decodes_on(page: Page, mids: set[str], *, more: int = 3) -> None:
    """Wait until every one of these tiles has decoded some pictures more."""
    before = await tiles_of(page)

    async def grown() -> bool:
        now = await tiles_of(page)
        return all(
            mid in now and now[mid]["decoded"] >= before.get(mid, {"decoded": 0})["decoded"] + more
            for mid in mids
        )

    await eventually(grown, within_s=_WITHIN_S, what=f"{more} more decoded pictures on {len(mids)} tiles")


async def test_sixteen_tiles_show_pictures_and_one_is_replaced_without_a_negotiation(tmp_path: Path) -> None:
    async with page_on_a_street(tmp_path) as (mux, page):
        opened = await open_wall(page, mux.base, mux.wall_ticket(*(PATHS * 4)), 16)
        assert opened["status"] == 201, opened
        mids = {str(number) for number in range(16)}
        await decodes_on(page, mids)
        before = (await tiles_of(page))["5"]
        wish: dict[str, object] = {"mid": "5", "camera": WIDE.camera_path, "width": 1280, "height": 720}
        answer = await put_tiles(page, mux.wall_ticket(WIDE.camera_path), [wish])
        assert answer["status"] == 200, answer

        async def replaced() -> bool:
            return (await tiles_of(page))["5"]["width"] == 256

        await eventually(replaced, within_s=_WITHIN_S, what="the other camera on the tile")
        await decodes_on(page, mids)
        after = (await tiles_of(page))["5"]
        assert (after["ssrc"], after["lost"]) == (before["ssrc"], 0)


async def test_thirty_six_tiles_fit_one_offer(tmp_path: Path) -> None:
    async with page_on_a_street(tmp_path) as (mux, page):
        opened = await open_wall(page, mux.base, mux.wall_ticket(*(PATHS * 9)), 36)
        assert opened["status"] == 201, opened
        await decodes_on(page, {str(number) for number in range(36)}, more=1)


async def test_a_wall_goes_on_over_an_ice_restart(tmp_path: Path) -> None:
    async with page_on_a_street(tmp_path) as (mux, page):
        opened = await open_wall(page, mux.base, mux.wall_ticket(*PATHS), 4)
        mids = {str(number) for number in range(4)}
        await decodes_on(page, mids)
        restarted = await restart_ice(page)
        assert (restarted["status"], restarted["before"]) == (200, opened["etag"])
        assert restarted["after"] != opened["etag"]
        await decodes_on(page, mids, more=10)

        async def connected() -> bool:
            state: str = await page.evaluate("window.pc.iceConnectionState")
            return state in ("connected", "completed")

        await eventually(connected, what="the connection by the new ICE session")
