"""A transcoder and its child."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.mux.streams.transcoder.children import Rig


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    await made.transcoders.close()
