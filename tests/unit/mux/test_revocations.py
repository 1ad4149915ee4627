"""Rights that ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.revocations import Revocations
from shared.bus import REVOKED, MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BusUnavailable
from shared.ids import StreamId
from shared.log import get_logger
from tests.support.eventually import eventually


class Revoked:
    def __init__(self) -> None:
        self.sessions: list[str] = []
        self.streams: list[StreamId] = []
        self.heard: list[int] = []

    def revoke_session(self, session: str) -> int:
        self.sessions.append(session)
        return 1

    def revoke_stream(self, stream: StreamId) -> int:
        self.streams.append(stream)
        return 1


@asynccontextmanager
async def listening(revoked: Revoked) -> AsyncIterator[MemoryBus]:
    bus = MemoryBus(SimulatedClock())
    revocations = Revocations(bus, revoked, get_logger("test"), revoked.heard.append)
    task = asyncio.create_task(revocations.run())
    await eventually(lambda: revoked.heard == [1], what="listening")
    try:
        yield bus
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_session_and_a_stream_are_passed_on() -> None:
    revoked = Revoked()
    async with listening(revoked) as bus:
        await bus.publish(REVOKED, b'{"session": "s-1"}')
        await bus.publish(REVOKED, b'{"stream": "59350/cam-1/main"}')
        await eventually(lambda: revoked.streams, what="the stream's revocation")
    assert revoked.sessions == ["s-1"]
    assert revoked.streams == [StreamId("59350", "cam-1")]
    assert revoked.heard == [1, 0]


@given(
    st.binary(max_size=40)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
async def test_anything_else_is_passed_over(body: bytes) -> None:
    revoked = Revoked()
    async with listening(revoked) as bus:
        await bus.publish(REVOKED, body)
        await bus.publish(REVOKED, b'{"stream": "nonsense"}')
        await bus.publish(REVOKED, b'{"session": "after"}')
        await eventually(lambda: revoked.sessions, what="the revocation behind it")
    assert (revoked.sessions, revoked.streams) == (["after"], [])


class AbsentBus(MemoryBus):
    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        raise BusUnavailable("Redis does not answer")
        yield


async def test_an_absent_bus_is_told_to_the_supervisor() -> None:
    revoked = Revoked()
    revocations = Revocations(AbsentBus(SimulatedClock()), revoked, get_logger("test"), revoked.heard.append)
    with pytest.raises(BusUnavailable):
        await revocations.run()
    assert revoked.heard == [0]
