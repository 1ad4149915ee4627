"""The whole system, started once for all tests that only use it, and once anew for those that break it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.support.whole import WholeSystem

# On a busy machine the time of one example says nothing about the code.
settings.register_profile("beffroi", deadline=None)
settings.load_profile("beffroi")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeSystem]:
    """A running demo, shared: leave it as it was found."""
    system = WholeSystem(tmp_path_factory.mktemp("whole"))
    await system.start()
    yield system
    assert await system.stop() == 0
