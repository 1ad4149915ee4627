"""The buses whose promises are held against each other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus import Bus, MemoryBus
from shared.clock import SystemClock
from shared.redis_bus import RedisBus
from tests.support.valkey import Valkey


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    server = Valkey(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "memory":
        yield MemoryBus(SystemClock())
        return
    folder: Path = request.getfixturevalue("tmp_path")
    server = Valkey(folder)
    await server.start()
    redis = RedisBus(server.url)
    yield redis
    await redis.close()
    await server.stop()


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[RedisBus]:
    redis = RedisBus(valkey.url)
    yield redis
    await redis.close()
