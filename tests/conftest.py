"""The whole system, started once for all tests that only use it, and once anew for those that break it."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.support.s3_server import S3Server
from tests.support.whole import WholeSystem

_MOSTLY_WAITS = {"test_outages.py"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from tests.support.sharing import Together

    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits comes first, so that others run meanwhile."""
    items.sort(key=lambda item: item.path.name not in _MOSTLY_WAITS)


# On a busy machine the time of one example says nothing about the code. A search for rare faults takes more
# examples than a suite that runs at each change has time for: BEFFROI_TEST_EXAMPLES.
settings.register_profile(
    "beffroi", deadline=None, max_examples=int(os.environ.get("BEFFROI_TEST_EXAMPLES", "40"))
)
settings.load_profile("beffroi")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeSystem]:
    """A running demo, shared: leave it as it was found."""
    system = WholeSystem(tmp_path_factory.mktemp("whole"), muxes=2)
    await system.start()
    yield system
    assert await system.stop() == 0


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 service, shared: each test takes a place of its own in it, and leaves it running."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.begin()
    yield server
    server.stop()
