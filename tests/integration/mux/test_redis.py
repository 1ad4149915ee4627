"""Revocations over a real Redis-compatible server, which may come and go."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus import REVOKED
from shared.redis_bus import RedisBus
from tests.integration.mux.receiving import Scene, scene, watching
from tests.support.eventually import eventually
from tests.support.pictures import units
from tests.support.valkey import Valkey

UNITS = units(50, gop=25)


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    """A server that is not started yet."""
    made = Valkey(tmp_path)
    yield made
    await made.stop()


@pytest.fixture
async def bus(valkey: Valkey) -> AsyncIterator[RedisBus]:
    made = RedisBus(valkey.url)
    yield made
    await made.close()


async def listened(shown: Scene) -> None:
    async def heard() -> bool:
        return await shown.mux.metric("mux_revocations_heard") == 1.0

    await eventually(heard, what="listening to revocations")


async def test_a_revoked_session_is_closed_at_once_and_others_go_on(
    tmp_path: Path, valkey: Valkey, bus: RedisBus
) -> None:
    await valkey.start()
    async with (
        scene(tmp_path, UNITS, redis_url=valkey.url) as shown,
        watching(shown.mux, session="two") as two,
    ):
        await listened(shown)
        await bus.publish(REVOKED, b'{"session": "session-1"}')
        await asyncio.wait_for(shown.client.ended.wait(), 2)
        seen = two.received.packets
        await eventually(lambda: two.received.packets > seen + 10, what="the other's pictures")
        await bus.publish(REVOKED, b'{"stream": "59350/cam-test/main"}')
        await asyncio.wait_for(two.ended.wait(), 2)


async def test_views_start_without_redis_and_go_on_when_it_is_killed(
    tmp_path: Path, valkey: Valkey, bus: RedisBus
) -> None:
    async with scene(tmp_path, UNITS, redis_url=valkey.url) as shown:
        await shown.pictures(10)
        await valkey.start()
        await listened(shown)
        await valkey.stop()
        await shown.pictures(10, after=len(shown.rtp))
        await valkey.start()

        async def revoked() -> bool:
            await bus.publish(REVOKED, b'{"session": "session-1"}')
            return shown.client.ended.is_set()

        await eventually(revoked, what="a revocation after Redis came back")
