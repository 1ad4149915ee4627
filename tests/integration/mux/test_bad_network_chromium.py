"""A real Chromium behind a bad network."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Browser, Page

from shared.ids import StreamKind
from tests.integration.mux.network import BadNetwork, as_stream, bad_network, browsing, padded
from tests.integration.mux.page import CHROMIUM, inbound, open_wall, play, tiles_of
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.mux_stream import street
from tests.support.pictures import STREAM, units
from tests.support.relay import Link

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
LOSSY_DOWN = Link(loss=0.02, delay_ms=30, jitter_ms=30, reordered=0.01)
LOSSY_UP = Link(loss=0.02, delay_ms=30)
STARTS = 6
SUB = replace(STREAM, kind=StreamKind.SUB)


async def start(network: BadNetwork, page: Page) -> float:
    """Play; milliseconds to the first painted picture."""
    found = await asyncio.wait_for(play(page, network.mux.url(), network.mux.ticket()), 10)
    return cast("float", found["first_ms"])


async def standing(page: Page) -> dict[str, list[int]]:
    """What mux tells the page of its link."""
    place = await page.evaluate("window.place")
    async with local_client() as client:
        answer = await client.post(f"{place}/report", json={"tiles": []})
    return cast("dict[str, list[int]]", answer.json())


async def started(network: BadNetwork, browser: Browser, count: int) -> tuple[list[float], Page]:
    """The times of some starts, one after the other, and the page of the last."""
    first_ms: list[float] = []
    while True:
        page = await network.page(browser)
        first_ms.append(await start(network, page))
        if len(first_ms) == count:
            return first_ms, page
        await page.close()


async def test_every_start_succeeds_and_nothing_freezes_where_two_percent_are_lost(tmp_path: Path) -> None:
    shown = as_stream(street(50, 50, bits_per_second=1_000_000), STREAM)
    async with browsing() as browser, bad_network(tmp_path, shown) as network:
        # What this machine, as busy as it is, takes without any network.
        without_ms, page = await started(network, browser, 3)
        await page.close()
        network.network.change(up=LOSSY_UP, down=LOSSY_DOWN)
        first_ms, page = await started(network, browser, STARTS)
        assert max(first_ms) < max(without_ms) + 500

        async def held_back() -> bool:
            least_ms, most_ms = (await standing(page))["delay_ms"]
            return 100 <= least_ms <= most_ms == 500

        await eventually(held_back, within_s=20, what="a playout delay")
        before = await inbound(page)

        async def went_on() -> bool:
            return (await inbound(page))["framesDecoded"] >= before["framesDecoded"] + 100

        await eventually(went_on, within_s=30, what="four seconds more")
        said = await inbound(page)
        assert said["totalFreezesDuration"] - before["totalFreezesDuration"] < 1.0
        assert said["retransmittedPacketsReceived"] > 0
        assert said["pliCount"] == 0


async def test_goes_down_to_the_sub_stream_of_a_link_that_is_too_small_and_up_again(tmp_path: Path) -> None:
    main = padded(units(50), key_bytes=30_000, other_bytes=10_000)
    sub = as_stream(units(50, width=160, height=128), SUB)
    delayed = Link(delay_ms=20)
    async with browsing() as browser, bad_network(tmp_path, main, sub, up=delayed, down=delayed) as network:
        page = await network.page(browser)
        path = STREAM.camera_path
        await open_wall(page, network.mux.base, network.mux.wall_ticket(path), 1)

        async def shows(width: int) -> bool:
            return (await tiles_of(page)).get("0", {}).get("width") == width

        await eventually(lambda: shows(320), within_s=20, what="the main stream")
        network.network.change(down=Link(delay_ms=20, rate_bps=1_000_000, queue_bytes=64_000))
        await eventually(lambda: shows(160), within_s=20, what="the sub stream")
        network.network.change(down=delayed)
        before, counted = (await tiles_of(page))["0"]["ssrc"], await inbound(page)
        await eventually(lambda: shows(320), within_s=40, what="the main stream again")
        assert (await tiles_of(page))["0"]["ssrc"] == before
        said = await inbound(page)
        assert said["pauseCount"] == 0
        assert said["totalFreezesDuration"] - counted["totalFreezesDuration"] < 1.0


async def test_goes_on_from_another_address_after_its_router_restarted(tmp_path: Path) -> None:
    async with browsing() as browser, bad_network(tmp_path, units(50)) as network:
        page = await network.page(browser)
        await start(network, page)
        await network.network.rebind()
        before = (await inbound(page))["framesDecoded"]

        async def goes_on() -> bool:
            return (await inbound(page))["framesDecoded"] >= before + 50

        await eventually(goes_on, within_s=20, what="pictures at the new address")
        assert await network.mux.metric("mux_viewers") == 1
