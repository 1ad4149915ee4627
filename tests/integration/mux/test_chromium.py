"""A real Chromium."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page

from mux.transport.udp import UdpTransport
from shared.ids import StreamId
from shared.units import AccessUnit
from tests.integration.mux.page import CHROMIUM, chromium, inbound, open_page, play, served
from tests.integration.mux.rig import ORIGIN, PAGE_PORT, Camera, LossyTransport, Mux, playing, running_mux
from tests.support.eventually import eventually
from tests.support.mux_stream import street
from tests.support.pictures import STREAM, units

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed"),
]
_FIRST_PICTURE_S = 30


@asynccontextmanager
async def page_on(
    folder: Path,
    shown: list[AccessUnit],
    *,
    head_start: int = 0,
    make_transport: type[UdpTransport] = UdpTransport,
    **settings: object,
) -> AsyncIterator[tuple[Mux, Camera, Page]]:
    async with (
        running_mux(folder, make_transport=make_transport, **settings) as mux,
        served(PAGE_PORT),
        chromium() as browser,
    ):
        page = await open_page(browser, ORIGIN)
        camera = Camera(shown, mux.tap_port)
        async with playing(camera, head_start=head_start):
            yield mux, camera, page


async def watch(mux: Mux, page: Page) -> dict[str, object]:
    return await asyncio.wait_for(play(page, mux.url(), mux.ticket()), _FIRST_PICTURE_S)


async def decodes_more(page: Page, more: int = 25) -> None:
    before = (await inbound(page)).get("framesDecoded", 0)

    async def grown() -> bool:
        return (await inbound(page)).get("framesDecoded", 0) >= before + more

    await eventually(grown, what=f"{more} more decoded pictures")


@pytest.mark.parametrize("udp_host", ["127.0.0.1", "auto"])
async def test_chromium_shows_a_stream(tmp_path: Path, udp_host: str) -> None:
    async with page_on(tmp_path, units(50), head_start=10, udp_host=udp_host) as (mux, _, page):
        first = await watch(mux, page)
        assert (first["width"], first["height"]) == (320, 240)
        await decodes_more(page)
        said = await inbound(page)
        assert (said["packetsLost"], said["pliCount"]) == (0, 0)


async def test_chromium_starts_at_once_in_a_group_of_ten_seconds(tmp_path: Path) -> None:
    async with page_on(tmp_path, units(250, gop=250), head_start=125) as (mux, _, page):
        first = await watch(mux, page)
        # A whole number of milliseconds comes without a fraction.
        assert isinstance(first["first_ms"], int | float)
        assert first["first_ms"] < 1500
        await decodes_more(page, 130)
        assert (await inbound(page))["pliCount"] == 0


async def test_chromium_starts_and_goes_on_while_two_percent_are_lost(tmp_path: Path) -> None:
    large = [replace(unit, stream=STREAM) for unit in street(100, 100)]
    lossy = page_on(
        tmp_path,
        large,
        head_start=60,
        make_transport=LossyTransport,
        udp_segmentation=False,
        mux_core="python",
    )
    async with lossy as (mux, _, page):
        await watch(mux, page)

        async def repaired() -> bool:
            said = await inbound(page)
            return said.get("retransmittedPacketsReceived", 0) >= 5

        await eventually(repaired, within_s=30, what="five packets repaired by RTX")
        await decodes_more(page)
        said = await inbound(page)
        assert said["totalFreezesDuration"] < 1.0


async def test_chromium_goes_on_after_the_camera_reconnects(tmp_path: Path) -> None:
    async with page_on(tmp_path, units(50), head_start=10) as (mux, camera, page):
        await watch(mux, page)
        await decodes_more(page)
        camera.reconnect()
        await decodes_more(page)
        camera.lose_next()
        await decodes_more(page, 50)


async def test_chromium_leaving_ends_the_viewer(tmp_path: Path) -> None:
    async with page_on(tmp_path, units(50)) as (mux, _, page):
        await watch(mux, page)
        await page.evaluate("window.pc.close()")

        async def gone() -> bool:
            return await mux.metric("mux_viewers") == 0

        await eventually(gone, what="the viewer's end")


async def test_chromium_is_told_why_its_ticket_is_refused(tmp_path: Path) -> None:
    async with page_on(tmp_path, units(5)) as (mux, _, page):
        other = mux.ticket(StreamId(STREAM.commune, "cam-other"))
        refused = await play(page, mux.url(), other)
        assert refused["status"] == 403
        assert refused["problem"] == {
            "type": "urn:beffroi:problem:ticket-refused",
            "title": "Ticket refused",
            "status": 403,
            "detail": "the ticket was made for something else",
            "instance": f"/whep/{STREAM}",
            "why": {"code": "ticket-other-thing", "params": {}},
        }
