"""Which pictures are tried, when, and what is told of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ingest.decoding.checks import AGAIN_S, EVERY_S, MOST_WAITING, DecodeChecks
from ingest.decoding.wire import Verdict
from shared.clock import SimulatedClock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.reasons import Reason
from shared.units import AccessUnit, Codec, WallSource

GATE, PARK = StreamId("59350", "gate"), StreamId("59350", "park")


class ScriptedDecoder:
    """A decoder that says what it is told to; `asked` are the pictures it was given."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.says = ""
        self.gone = False
        self.rests = 0

    async def verdict(self, codec: Codec, data: bytes) -> Verdict:
        self.asked.append(data)
        if self.gone:
            raise Unavailable("the decoder has ended")
        return Verdict(self.says, 1_000_000 * len(self.asked))

    async def rest(self) -> None:
        self.rests += 1


class Bench:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.decoder = ScriptedDecoder()
        self.told: list[tuple[StreamId, Reason | None]] = []
        self.checks = DecodeChecks(self.decoder, lambda *told: self.told.append(told), self.clock)

    def unit(self, stream: StreamId = GATE, *, data: bytes = b"key", recovery: int = 0) -> None:
        self.checks.take(
            AccessUnit(stream, 1, 0, 0, 0, WallSource.ARRIVAL, -1, True, Codec.H264, data, recovery=recovery)
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.checks.run())
        await self.clock.advance(1)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_the_first_key_picture_of_a_stream_is_tried_at_once(bench: Bench) -> None:
    bench.unit()
    async with bench.running():
        assert bench.decoder.asked == [b"key"]
        assert bench.told == [(GATE, None)]


async def test_a_recovery_point_which_shows_nothing_alone_is_not_tried(bench: Bench) -> None:
    bench.unit(recovery=10)
    async with bench.running():
        assert bench.decoder.asked == []


async def test_a_sound_stream_is_tried_again_after_minutes_only(bench: Bench) -> None:
    async with bench.running():
        for _ in range(int(EVERY_S * 2)):
            bench.unit()
            await bench.clock.advance(1)
    assert len(bench.decoder.asked) in (2, 3)


async def test_streams_are_due_together(bench: Bench) -> None:
    async with bench.running():
        bench.unit(GATE)
        await bench.clock.advance(100)
        bench.unit(PARK)
        await bench.clock.advance(EVERY_S)
        bench.decoder.asked.clear()
        bench.unit(GATE, data=b"gate")
        bench.unit(PARK, data=b"park")
        await bench.clock.advance(2)
        assert bench.decoder.asked == [b"gate", b"park"]


async def test_a_picture_that_does_not_decode_is_told_with_its_reason_and_soon_tried_again(
    bench: Bench,
) -> None:
    bench.decoder.says = "no PPS 0"
    async with bench.running():
        bench.unit()
        await bench.clock.advance(1)
        ((stream, reason),) = bench.told
        assert stream == GATE
        assert reason is not None
        assert (reason.code, str(reason)) == (
            "pictures-do-not-decode",
            "its pictures cannot be decoded: no PPS 0",
        )
        bench.decoder.says = ""
        await bench.clock.advance(AGAIN_S)
        bench.unit()
        await bench.clock.advance(1)
        assert bench.told[-1] == (GATE, None)


async def test_nothing_is_told_of_a_stream_that_was_forgotten_meanwhile(bench: Bench) -> None:
    bench.unit()
    bench.checks.forget(GATE)
    async with bench.running():
        assert bench.told == []


async def test_a_decoder_that_is_gone_says_nothing_of_a_stream(bench: Bench) -> None:
    bench.decoder.gone = True
    bench.unit()
    with pytest.raises(Unavailable):
        await bench.checks.run()
    assert bench.told == []
    bench.decoder.gone = False
    await bench.clock.advance(AGAIN_S)
    bench.unit()
    async with bench.running():
        assert bench.told == [(GATE, None)]


async def test_pictures_that_wait_are_bounded(bench: Bench) -> None:
    for number in range(MOST_WAITING + 10):
        bench.unit(StreamId("59350", f"camera-{number}"))
    async with bench.running():
        assert len(bench.decoder.asked) == MOST_WAITING


async def test_the_decoder_rests_once_nothing_came_for_a_while(bench: Bench) -> None:
    async with bench.running():
        bench.unit()
        await bench.clock.advance(5)
        assert bench.decoder.rests == 0
        await bench.clock.advance(20)
        assert bench.decoder.rests > 0
