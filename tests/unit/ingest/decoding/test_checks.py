"""Which pictures are tried, when, and what is told of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from ingest.decoding.checks import AGAIN_S, EVERY_S, GROWS_S, MOST_WAITING, MOST_WAITING_BYTES, DecodeChecks
from ingest.decoding.sample import MOST_SAMPLE_BYTES
from ingest.decoding.wire import Verdict
from shared.clock import SimulatedClock
from shared.errors import Unavailable
from shared.ids import StreamId
from shared.reasons import Reason
from shared.units import AccessUnit, Codec, UtcSource
from tests.support.field_pictures import fields
from tests.support.parameter_pictures import plain

GATE, PARK = StreamId("59350", "gate"), StreamId("59350", "park")


class ScriptedDecoder:
    """A decoder that says what it is told to; `asked` are the pictures it was given."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.says = ""
        self.gone = False
        self.rests = 0

    async def verdict(self, codec: Codec, units: Sequence[bytes]) -> Verdict:
        self.asked.append(b"".join(units))
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

    def unit(
        self,
        stream: StreamId = GATE,
        *,
        data: bytes = b"key",
        key: bool = True,
        recovery: int = 0,
        run: int = 1,
        seq: int = 0,
    ) -> None:
        arrival, codec = UtcSource.ARRIVAL, Codec.H264
        self.checks.take(AccessUnit(stream, run, seq, 0, 0, arrival, -1, key, codec, data, recovery=recovery))

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


async def test_a_field_which_is_half_a_picture_is_tried_with_the_other_half(bench: Bench) -> None:
    first, second = fields(1)
    async with bench.running():
        bench.unit(data=first)
        bench.unit(PARK, data=plain()[0])
        await bench.clock.advance(1)
        assert bench.told == [(PARK, None)]
        bench.unit(data=second, key=False, seq=1)
        await bench.clock.advance(1)
    assert bench.told[1:] == [(GATE, None)]
    assert bench.decoder.asked[1:] == [first + second]


async def test_a_recovery_point_is_tried_with_all_that_follows_until_a_picture_is_whole(bench: Bench) -> None:
    async with bench.running():
        bench.unit(recovery=2, data=b"0")
        for seq in range(1, 6):
            bench.unit(key=False, seq=seq, data=b"%d" % seq)
            await bench.clock.advance(1)
    assert bench.decoder.asked == [b"012"]


@pytest.mark.parametrize(("says", "told"), [("", [(GATE, None)]), ("damaged", [])], ids=["sound", "damaged"])
async def test_a_sample_that_may_lack_pictures_is_believed_only_where_it_decodes(
    bench: Bench, says: str, told: list[tuple[StreamId, Reason | None]]
) -> None:
    bench.decoder.says = says
    bench.unit(recovery=2)
    bench.unit(recovery=2, seq=1)
    bench.unit(key=False, seq=2)
    async with bench.running():
        assert (len(bench.decoder.asked), bench.told) == (1, told)


@pytest.mark.parametrize(("run", "seq"), [(1, 2), (2, 0)], ids=["a gap", "another run"])
async def test_a_sample_with_something_missing_is_begun_anew_at_the_next_key_unit(
    bench: Bench, run: int, seq: int
) -> None:
    bench.unit(recovery=1, data=b"first")
    bench.unit(data=b"other", run=run, seq=seq)
    async with bench.running():
        assert bench.decoder.asked == [b"other"]


async def test_a_sample_that_grows_no_more_makes_room(bench: Bench) -> None:
    for number in range(MOST_WAITING):
        bench.unit(StreamId("59350", f"camera-{number}"), recovery=2)
    bench.unit()
    async with bench.running():
        assert bench.decoder.asked == []
        await bench.clock.advance(GROWS_S + 1)
        bench.unit()
        await bench.clock.advance(1)
    assert bench.decoder.asked == [b"key"]


async def test_samples_that_grow_are_bounded_in_bytes(bench: Bench) -> None:
    part = bytes(MOST_WAITING_BYTES // 40)
    streams = [StreamId("59350", f"camera-{number}") for number in range(20)]
    async with bench.running():
        for stream in streams:
            bench.unit(stream, recovery=2, data=part)
        for seq in (1, 2, 3):
            for stream in streams:
                bench.unit(stream, key=False, seq=seq, data=part)
        await bench.clock.advance(1)
    assert 0 < sum(map(len, bench.decoder.asked)) <= MOST_WAITING_BYTES


@pytest.mark.parametrize(
    ("recovery", "size"), [(255, 1), (2, MOST_SAMPLE_BYTES // 2)], ids=["without an end", "too large"]
)
async def test_a_sample_that_would_never_be_whole_is_left(bench: Bench, recovery: int, size: int) -> None:
    async with bench.running():
        for seq in range(5):
            bench.unit(key=seq == 0, recovery=recovery * (seq == 0), seq=seq, data=bytes(size))
        await bench.clock.advance(1)
        assert (bench.decoder.asked, bench.told) == ([], [])
        bench.unit(PARK)
        await bench.clock.advance(1)
    assert bench.told == [(PARK, None)]


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
