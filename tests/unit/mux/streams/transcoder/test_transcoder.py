"""How mux feeds a transcoder, with a child that does what the test says."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from mux.counts import Counts
from mux.streams.transcoder.transcoder import CATCH_UP_NS, HUNG_NS, LATE_NS, Transcoder
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SimulatedClock
from shared.errors import BadInput, Unavailable
from shared.tap import Gap
from shared.transcoding.framing import KeyWanted, Message, Ready, Settled
from shared.units import AccessUnit, Codec
from tests.support.pictures import STREAM
from tests.support.strange_pictures import strange_units

UNITS = strange_units(Codec.H265, 24)


class FakeChild:
    """A child whose answers the test gives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.sent: list[Message] = []
        self.said: asyncio.Queue[Message | BadInput | None] = asyncio.Queue()
        self.killed = False

    @property
    def units(self) -> list[AccessUnit]:
        return [message for message in self.sent if isinstance(message, AccessUnit)]

    def send(self, message: Message) -> None:
        self.sent.append(message)

    async def receive(self) -> Message | None:
        message = await self.said.get()
        if isinstance(message, BadInput):
            raise message
        return message

    def kill(self) -> None:
        self.killed = True
        self.said.put_nowait(None)

    async def ended(self) -> str:
        return "signal 9" if self.killed else "exit code 0"


class Rig:
    """Transcoders of fake children on a simulated clock."""

    def __init__(self, most: int = 1) -> None:
        self.clock = SimulatedClock()
        self.counts = Counts()
        self.children: list[FakeChild] = []
        self.startable = True
        self.got: list[AccessUnit | Gap] = []
        self.transcoders = Transcoders(most, self._spawn, self.clock, self.counts, Random(1))

    async def _spawn(self) -> FakeChild:
        if not self.startable:
            raise Unavailable("a transcoder cannot be started: no such program")
        self.children.append(FakeChild(100 + len(self.children)))
        return self.children[-1]

    @property
    def child(self) -> FakeChild:
        return self.children[-1]

    async def open(self) -> Transcoder:
        made = self.transcoders.open(STREAM, self.got.append)
        await self.clock.advance(0)
        return made

    async def says(self, *messages: Message | BadInput | None) -> None:
        for message in messages:
            self.child.said.put_nowait(message)
        await self.clock.advance(0)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    await made.transcoders.close()


async def test_a_child_is_given_the_group_of_now_once_it_is_ready_then_each_unit(rig: Rig) -> None:
    transcoder = await rig.open()
    for unit in UNITS[:14]:
        transcoder.take(unit)
    assert rig.child.sent == []
    await rig.says(Ready())
    assert rig.child.units == list(UNITS[12:14])
    transcoder.take(UNITS[14])
    assert rig.child.units == list(UNITS[12:15])


async def test_a_child_that_was_ready_before_any_unit_begins_at_a_key_unit(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    for unit in UNITS[10:14]:
        transcoder.take(unit)
    assert rig.child.units == list(UNITS[12:14])


async def test_a_late_child_is_given_nothing_before_a_key_unit_that_finds_it_done(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    transcoder.take(UNITS[1])
    await rig.clock.advance(LATE_NS / 1e9 + 0.01)
    transcoder.take(UNITS[2])
    await rig.says(Settled(1), Settled())
    for unit in UNITS[3:14]:
        transcoder.take(unit)
    assert [unit.seq for unit in rig.child.units] == [0, 1, 12, 13]
    assert (rig.counts.transcode_dropped, rig.counts.transcode_skipped) == (10, 1)


async def test_the_group_a_child_begins_with_may_take_longer(rig: Rig) -> None:
    transcoder = await rig.open()
    transcoder.take(UNITS[0])
    await rig.says(Ready())
    await rig.clock.advance(CATCH_UP_NS / 1e9 - 0.01)
    transcoder.take(UNITS[1])
    assert len(rig.child.units) == 2
    await rig.clock.advance(0.02)
    transcoder.take(UNITS[2])
    assert len(rig.child.units) == 2


async def test_a_child_never_has_more_than_its_bytes_under_way(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    large = replace(UNITS[0], data=bytes(4 << 20))
    for seq in range(40):
        transcoder.take(replace(large, seq=seq))
    assert sum(len(unit.data) for unit in rig.child.units) <= 20 << 20
    assert rig.counts.transcode_dropped == 40 - len(rig.child.units)


async def test_a_child_that_hangs_is_killed_and_replaced(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    await rig.clock.advance(HUNG_NS / 1e9 + 0.1)
    transcoder.take(UNITS[1])
    await rig.clock.advance(0)
    assert rig.children[0].killed
    assert rig.got == [Gap(STREAM, 0)]
    assert "does not answer" in str(transcoder.trouble)
    await rig.clock.advance(1)
    assert len(rig.children) == 2


async def test_a_child_that_dies_again_and_again_is_started_ever_more_rarely(rig: Rig) -> None:
    transcoder = await rig.open()
    for _ in range(40):
        await rig.says(None)
        await rig.clock.advance(1)
    assert 4 <= len(rig.children) <= 9
    assert "exit code 0" in str(transcoder.trouble)


async def test_a_child_that_cannot_be_started_is_told(rig: Rig) -> None:
    rig.startable = False
    transcoder = await rig.open()
    assert "no such program" in str(transcoder.trouble)
    rig.startable = True
    await rig.clock.advance(1)
    assert transcoder.pid == 100


async def test_a_child_that_talks_nonsense_is_replaced(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(BadInput("nonsense"))
    assert rig.child.killed
    assert "nonsense" in str(transcoder.trouble)
    await rig.clock.advance(1)
    assert len(rig.children) == 2


async def test_pictures_and_trouble_are_passed_on(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    transcoder.take(UNITS[0])
    made = replace(UNITS[0], codec=Codec.H264)
    await rig.says(made, Settled(0, "the camera's h265 cannot be decoded"))
    assert rig.got == [made]
    assert str(transcoder.trouble) == "the camera's h265 cannot be decoded"
    assert rig.counts.transcoded == 1


async def test_the_first_pictures_of_a_camera_without_key_pictures_are_told_as_incomplete(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    incomplete = []
    for seq in range(12):
        point = seq % 4 == 0
        # A unit is missing before the eighth, which is where it is joined again.
        unit = replace(UNITS[1], seq=seq + (seq >= 8), key=point, recovery=3 if point else 0)
        transcoder.take(unit)
        await rig.says(replace(unit, codec=Codec.H264), Settled())
        incomplete.append(transcoder.incomplete)
    assert incomplete == [True] * 3 + [False] * 5 + [True] * 3 + [False]


async def test_pictures_that_come_in_bursts_are_passed_on_one_by_one(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    at: list[float] = []
    order = [0] + [group + place for group in range(0, 15, 3) for place in (3, 1, 2)]
    waits: list[AccessUnit] = []
    for seq, place in enumerate(order):
        if seq % 3 == 1:
            for _ in range(30):
                await rig.clock.advance(0.01)
                at += [rig.clock.monotonic_ns() / 1e9] * (len(rig.got) - len(at))
        unit = replace(UNITS[1], seq=seq, key=not seq, pts90=place * 9000, reordered=True)
        transcoder.take(unit)
        waits = sorted([*waits, unit], key=lambda one: one.pts90)
        made = [replace(waits.pop(0), codec=Codec.H264)] if seq else []
        await rig.says(*made, Settled())
        at += [rig.clock.monotonic_ns() / 1e9] * (len(rig.got) - len(at))
    steps = [after - before for before, after in pairwise(at)]
    assert len(steps) >= 11
    assert steps == pytest.approx([0.1] * len(steps), abs=0.02)


async def test_a_key_picture_is_asked_for_once_until_one_has_come(rig: Rig) -> None:
    transcoder = await rig.open()
    transcoder.key_picture_wanted()
    await rig.says(Ready())
    for _ in range(3):
        transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()]
    await rig.says(replace(UNITS[1], codec=Codec.H264, key=False))
    transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()]
    await rig.says(replace(UNITS[0], codec=Codec.H264))
    transcoder.key_picture_wanted()
    assert rig.child.sent == [KeyWanted()] * 2


async def test_beyond_the_bound_a_stream_is_refused_in_a_sentence_until_one_has_ended(rig: Rig) -> None:
    first = await rig.open()
    with pytest.raises(Unavailable, match="already transcodes 1 stream"):
        await rig.open()
    rig.transcoders.end(first)
    assert rig.child.killed
    await rig.open()
    assert len(rig.transcoders) == 1


async def test_a_server_may_be_set_to_transcode_nothing() -> None:
    rig = Rig(most=0)
    with pytest.raises(Unavailable, match="set not to"):
        await rig.open()


async def test_nothing_comes_to_the_sink_after_the_end(rig: Rig) -> None:
    transcoder = await rig.open()
    await rig.says(Ready())
    rig.transcoders.end(transcoder)
    await rig.says(replace(UNITS[0], codec=Codec.H264))
    await rig.transcoders.close()
    assert rig.got == []
    assert transcoder.task.done()
