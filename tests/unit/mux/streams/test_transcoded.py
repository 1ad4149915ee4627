"""The channel shown in place of a stream that browsers cannot be sent, and what is told of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

import pytest

from mux.counts import Counts
from mux.streams.channel import Channel
from mux.streams.transcoded import LATE_NS, Transcoded
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SimulatedClock
from shared.errors import Unavailable
from shared.transcoding.framing import KeyWanted, Ready, Settled
from shared.units import Codec
from tests.support.pictures import STREAM, units
from tests.support.strange_pictures import strange_units
from tests.unit.mux.fakes import RecordingTransport, idle_pacer
from tests.unit.mux.streams.transcoder.children import FakeChild

JPEGS = strange_units(Codec.MJPEG)
H264 = units(24)


@dataclass(slots=True)
class Rig:
    """One source, its transcoded channel and the child behind it."""

    clock: SimulatedClock
    source: Channel
    transcoders: Transcoders
    shown: Transcoded
    child: FakeChild

    async def transcodes(self, number: int) -> None:
        """The camera's next picture goes all the way."""
        self.comes(number)
        for message in (H264[number], Settled()):
            self.child.said.put_nowait(message)
        await self.clock.advance(0)

    def comes(self, number: int) -> None:
        """The camera's next picture goes to the transcoder."""
        self.source.take(JPEGS[number])
        self.shown.take(JPEGS[number])


def channel(clock: SimulatedClock) -> Channel:
    transport, pacer = RecordingTransport(), idle_pacer()
    return Channel(STREAM, transport, pacer, clock, Counts(), sent=lambda _: None, changed=lambda _: None)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    clock, child = SimulatedClock(), FakeChild(100)

    async def spawn() -> FakeChild:
        return child

    source = channel(clock)
    transcoders = Transcoders(1, spawn, clock, Counts(), Random(1))
    made = Rig(clock, source, transcoders, Transcoded(source, transcoders, channel(clock), clock), child)
    await clock.advance(0)
    yield made
    await transcoders.close()


async def test_what_comes_back_is_the_channels_group(rig: Rig) -> None:
    rig.child.said.put_nowait(Ready())
    await rig.clock.advance(0)
    for number in range(3):
        await rig.transcodes(number)
    assert rig.shown.channel.codec is Codec.H264
    assert len(rig.shown.channel.group.pictures) == 3
    assert rig.shown.trouble == ""


async def test_a_transcoder_that_is_starting_is_told_of_after_a_while(rig: Rig) -> None:
    rig.comes(0)
    assert rig.shown.trouble == ""
    await rig.clock.advance(LATE_NS / 1e9 + 0.5)
    rig.comes(1)
    assert str(rig.shown.trouble) == "the transcoder is starting: nothing has come from it for 2.0 s"


async def test_a_transcoder_that_falls_behind_is_told_of(rig: Rig) -> None:
    rig.child.said.put_nowait(Ready())
    await rig.clock.advance(0)
    await rig.transcodes(0)
    await rig.clock.advance(LATE_NS / 1e9 + 0.5)
    rig.comes(1)
    assert "cannot keep up" in str(rig.shown.trouble)


async def test_a_silent_camera_is_not_the_transcoders_fault(rig: Rig) -> None:
    rig.child.said.put_nowait(Ready())
    await rig.clock.advance(0)
    await rig.transcodes(0)
    await rig.clock.advance(60)
    assert rig.shown.trouble == ""


async def test_the_childs_own_trouble_comes_first(rig: Rig) -> None:
    rig.child.said.put_nowait(Settled(0, "the camera's mjpeg cannot be decoded"))
    await rig.clock.advance(0)
    assert str(rig.shown.trouble) == "the camera's mjpeg cannot be decoded"


async def test_a_key_picture_can_be_asked_for(rig: Rig) -> None:
    rig.child.said.put_nowait(Ready())
    await rig.clock.advance(0)
    rig.shown.channel.key_wanted()
    assert rig.child.sent == [KeyWanted()]


async def test_its_end_makes_room_for_another(rig: Rig) -> None:
    with pytest.raises(Unavailable):
        Transcoded(rig.source, rig.transcoders, channel(rig.clock), rig.clock)
    rig.shown.close()
    assert rig.child.killed
    assert len(rig.transcoders) == 0
