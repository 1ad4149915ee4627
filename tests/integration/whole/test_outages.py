"""What goes on while Redis and control_room do not answer."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import Page

from tests.integration.whole.recordings import recorded_ranges
from tests.support.browser import chromium, frames, play, viewer_page
from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

OUTAGE_S = 40
ENDS_WITHIN_S = 20
"""A lease of 10 s, and the time a loaded machine takes."""


@asynccontextmanager
async def away(whole: WholeSystem, *words: str) -> AsyncIterator[None]:
    """A service kept dead for the length of the block: killed whenever its supervisor brings it back."""
    over = asyncio.Event()

    async def keep_dead() -> None:
        while not over.is_set():
            for pid in whole.pids(*words):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            await asyncio.sleep(0.05)

    killer = asyncio.create_task(keep_dead())
    try:
        yield
    finally:
        over.set()
        await killer


async def test_while_redis_and_control_room_are_away_recording_goes_on_and_views_end_with_their_lease(
    whole: WholeSystem,
) -> None:
    async with chromium() as browser:
        page = await viewer_page(browser, whole.url)
        async with signed_in(whole.url, "operatrice") as operator:
            camera = (await operator.items("/cameras"))[0]
            ticket = await operator.made(f"/cameras/{camera['id']}/live", {"motive": "outage"})
            assert (await play(page, ticket["url"], ticket["ticket"]))["status"] == 201
        begun = datetime.now(UTC)
        async with away(whole, "valkey"), away(whole, "-m", "control_room"):
            await _goes_on(page)
            await _ends(page)
            assert datetime.now(UTC) - begun < timedelta(seconds=ENDS_WITHIN_S)
            over = begun + timedelta(seconds=OUTAGE_S)
            await asyncio.sleep(max(0.0, (over - datetime.now(UTC)).total_seconds()))  # the outage itself
        ended = datetime.now(UTC)

        async def back() -> bool:
            try:
                async with signed_in(whole.url, "juriste") as legal:
                    ranges = await recorded_ranges(legal, camera["id"], begun, ended)
            except (AssertionError, httpx.HTTPError):
                return False
            return len(ranges) == 1 and ranges[0][1] - ranges[0][0] > timedelta(seconds=OUTAGE_S - 3)

        await eventually(
            back, within_s=60, what="sign-in again, and one recording without a gap over the outage"
        )


async def _ends(page: Page) -> None:
    """Wait until no picture has come for a second."""
    seen, since = await frames(page), datetime.now(UTC)

    async def still() -> bool:
        nonlocal seen, since
        if (now := await frames(page)) != seen:
            seen, since = now, datetime.now(UTC)
        return datetime.now(UTC) - since > timedelta(seconds=1)

    await eventually(still, within_s=ENDS_WITHIN_S, what="the end of the pictures")


async def _goes_on(page: Page) -> None:
    seen = await frames(page)

    async def more() -> bool:
        return await frames(page) > seen

    await eventually(more, within_s=2, what="pictures during the outage")
