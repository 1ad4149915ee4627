"""Several muxes: one dies, and its viewers go on at another."""

from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.story import open_wall, sign_in
from tests.browser.test_story import visitor
from tests.support.browser import chromium
from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

BACK_WITHIN_S = 5.0
_MUX_OF_THE_WALL = """() => performance.getEntriesByType('resource')
  .map(entry => entry.name).filter(name => name.endsWith('/wall') && !name.includes('/api/')).at(-1)"""


async def test_a_dead_mux_s_viewers_are_back_on_another_within_five_seconds(whole: WholeSystem) -> None:
    assert len(whole.ports.muxes) > 1
    async with signed_in(whole.url, "operatrice") as api:
        cameras = [str(camera["id"]) for camera in await api.items("/cameras")][:4]
    async with chromium() as browser, visitor(browser) as context:
        page = await sign_in(context, whole.url, "operatrice")
        await open_wall(page, cameras, 4)
        await expect(page.get_by_test_id("tile-live")).to_have_count(4, timeout=15_000)
        first = await page.evaluate(_MUX_OF_THE_WALL)
        port = urlsplit(first).port
        assert port is not None
        began = monotonic()

        async def elsewhere() -> bool:
            # Killed whenever it is back: one that is there again in time gets its viewers back, and may.
            whole.kill_mux(port)
            return bool(await page.evaluate(_MUX_OF_THE_WALL) != first)

        await eventually(elsewhere, what="a wall at another mux")
        await expect(page.get_by_test_id("tile-live")).to_have_count(4, timeout=10_000)
        assert monotonic() - began < BACK_WITHIN_S
