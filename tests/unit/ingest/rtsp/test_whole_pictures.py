"""Pictures that are taken together come to the same units as those that are taken one by one."""

import asyncio
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks.choice import checks_for
from ingest.meters import Meters
from ingest.ports import Packet, Pictures, Plain, SourceCounts, StreamInfo, silent
from ingest.pull import Pull
from ingest.queued_source import QueuedSource
from ingest.rtsp.connection import Connection
from ingest.rtsp.core import Core
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.receiver import Receiver
from ingest.rtsp.rtp import DOLLAR
from ingest.state import CameraState
from ingest.vigil import Habits, Vigil
from shared.clock import SimulatedClock
from shared.codecs.h264 import nal_units
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.reasons import Reason
from shared.units import AccessUnit, UnitBatch
from tests.support.ingest_core import built_core
from tests.support.pictures import coded_h265
from tests.unit.ingest.camera_packets import coded
from tests.unit.ingest.rtsp.packets import rtp, sender_report

STREAM = StreamId("59350", "whole")
STEP32 = 3600
_MTU = 300
_MADE: dict[str, Callable[[], Depacketiser]] = {"h264": H264Depacketiser, "hevc": H265Depacketiser}


@pytest.fixture(scope="module")
def core() -> Core:
    return built_core()


class _Source(QueuedSource):
    """An open camera whose packets are read by hand."""

    def __init__(self, codec: str, core: Core | None) -> None:
        super().__init__(SourceCounts())
        self.clock = SimulatedClock()
        self.receiver = Receiver(
            96, 90_000, _MADE[codec](), self.put, self.put_all, self.waiting.lose, self.counts,
            self.clock, None, core,
        )  # fmt: skip
        self.connection = Connection(
            self.counts,
            arrived=self.receiver.arrived,
            taken=self.receiver.read,
            frame=self._frame,
            answered=lambda answer: None,
            asked=lambda asked: (200, "OK"),
            ended=lambda error: None,
        )
        self.connection.give_media(self.receiver.frames, 0)

    @property
    def silence(self) -> Reason:
        return silent("the camera")

    def close(self) -> None:
        """Nothing is open."""

    def believe(self, plain: Plain | None) -> None:
        self.receiver.believe(plain)

    def read(self, data: bytes, ago_ns: int | None) -> None:
        while data:
            buffer = self.connection.get_buffer(-1)
            now, data = data[: len(buffer)], data[len(buffer) :]
            buffer[: len(now)] = now
            if ago_ns is None:
                self.connection.buffer_updated(len(now))
            else:
                self.connection.calm_read(len(now), ago_ns)

    def _frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        if channel == 0:
            self.receiver.packet(data, start, end)
        elif channel == 1:
            self.receiver.control(bytes(data[start:end]))


class _Sink:
    """What came of a camera."""

    def __init__(self) -> None:
        self.units: list[AccessUnit] = []
        self.batches: list[int] = []

    def take(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def take_batch(self, batch: UnitBatch) -> None:
        self.batches.append(len(batch))
        self.units += batch.units()


class Camera:
    """A camera read by hand, all the way to its units."""

    def __init__(self, codec: str, core: Core | None, folder: Path) -> None:
        self.source, self.sink = _Source(codec, core), _Sink()
        self.source.begun(StreamInfo(codec))
        clock, runs = self.source.clock, iter(range(1, 1000))
        vigil = Vigil(Habits(), 25, lambda: silent("the camera"), clock.monotonic_ns())
        self._meters = Meters().of(STREAM)
        self._pull = Pull(
            STREAM,
            self.source,
            checks_for(self.source.info),
            vigil,
            new_run=lambda: next(runs),
            sink=self.sink,
            state=CameraState(STREAM, clock, lambda: None),
            meters=self._meters,
            trouble=Trouble(get_logger("tests"), "dropped", clock),
            clock=clock,
            keep_pace=lambda: None,
        )
        self._task = asyncio.get_running_loop().create_task(self.source.feed(self._pull))

    async def end(self) -> None:
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task
        self._meters.forget()

    @property
    def told(self) -> object:
        receiver = self.source.receiver
        return (
            self.sink.units,
            self.source.counts,
            receiver.reception(),
            receiver.taken,
            receiver.holds,
            receiver.heard_ns,
            receiver.offset_ns,
        )


def payloads(data: bytes, codec: str) -> list[bytes]:
    """A picture's RTP payloads: single units and fragments."""
    found: list[bytes] = []
    for nal in map(bytes, nal_units(data)):
        head = 1 if codec == "h264" else 2
        if len(nal) <= _MTU:
            found.append(nal)
            continue
        parts = [nal[at : at + _MTU] for at in range(head, len(nal), _MTU)]
        for place, part in enumerate(parts):
            flags = (0x80 if place == 0 else 0) | (0x40 if place == len(parts) - 1 else 0)
            if codec == "h264":
                found.append(bytes((nal[0] & 0xE0 | 28, flags | nal[0] & 0x1F)) + part)
            else:
                found.append(bytes((nal[0] & 0x81 | 49 << 1, nal[1], flags | nal[0] >> 1 & 0x3F)) + part)
    return found


def pictures(codec: str) -> list[bytes]:
    if codec == "h264":
        return [data for _, data in coded()]
    return [one.data for one in coded_h265(15)]


def stream(codec: str, oddity: float, random: Random, utc_ns: int) -> bytes:
    """Three groups of pictures as packets, with something odd here and there."""
    sequence, time32, parts = 0xFFF0, 2**32 - 5 * STEP32, list[bytes]()
    for number, data in enumerate(pictures(codec)):
        if number % 4 == 1:
            report = sender_report(utc_ns + number * 40_000_000, time32 % 2**32)
            parts.append(struct.pack("!BBH", DOLLAR, 1, len(report)) + report)
        all_payloads = payloads(data, codec)
        for place, one in enumerate(all_payloads):
            marker, payload, step, flags = place == len(all_payloads) - 1, one, 1, 0x80
            if random.random() < oddity:
                at = random.randrange(len(payload))
                payload, marker, step, flags = random.choice(
                    (
                        (payload[:at] + random.randbytes(1) + payload[at + 1 :], marker, 1, 0x80),
                        (payload[:3] + random.randbytes(2) + payload[5:], marker, 1, 0x80),
                        (payload[:at], marker, 1, 0x80),
                        (payload, not marker, 1, 0x80),
                        (payload, marker, random.choice((0, 2, -3)), 0x80),
                        (payload, marker, 1, 0xA0),
                        (random.randbytes(1) + payload[1:], marker, 1, 0x80),
                    )
                )
            packet = rtp(payload, sequence, time32, marker=marker, flags=flags)
            parts.append(struct.pack("!BBH", DOLLAR, 0, len(packet)) + packet)
            sequence += step
        time32 += STEP32 if random.random() >= oddity else random.choice((0, -STEP32, 90_000 * 7, STEP32 * 3))
    return b"".join(parts)


async def _both(
    codec: str, core: Core, sent: bytes, ends: Sequence[int], ago_ns: int | None, folder: Path
) -> tuple[Camera, Camera]:
    python, compiled = Camera(codec, None, folder), Camera(codec, core, folder)
    await asyncio.sleep(0)
    for start, end in zip([0, *ends], ends, strict=False):
        for camera in (python, compiled):
            await camera.source.clock.advance(0.2)
            camera.source.read(sent[start:end], ago_ns)
        assert compiled.told == python.told
    for camera in (python, compiled):
        await camera.end()
    return python, compiled


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 1 << 32),
    codec=st.sampled_from(sorted(_MADE)),
    oddity=st.sampled_from((0.0, 0.01, 0.1)),
    cuts=st.lists(st.integers(0, 40_000), max_size=8),
    noise=st.integers(0, 5),
    calm=st.booleans(),
)
def test_whatever_comes_cut_anywhere_makes_the_same_units(
    core: Core, seed: int, codec: str, oddity: float, cuts: list[int], noise: int, calm: bool
) -> None:
    random = Random(seed)
    sent = stream(codec, oddity, random, SimulatedClock().utc_ns())
    for _ in range(noise):
        at = random.randrange(len(sent))
        sent = sent[:at] + random.randbytes(random.randrange(40)) + sent[at + random.randrange(300) :]
    ends = sorted({*(cut for cut in cuts if cut < len(sent)), len(sent)})
    with TemporaryDirectory() as folder:
        asyncio.run(_both(codec, core, sent, ends, 30_000_000 if calm else None, Path(folder)))


@pytest.mark.parametrize("codec", sorted(_MADE))
def test_the_plain_pictures_of_a_read_are_one_batch(core: Core, codec: str, tmp_path: Path) -> None:
    sent = stream(codec, 0.0, Random(1), SimulatedClock().utc_ns())
    _, compiled = asyncio.run(_both(codec, core, sent, [len(sent)], 0, tmp_path))
    units = compiled.sink.units
    assert len(units) == 15
    assert sum(compiled.sink.batches) >= sum(not unit.key for unit in units) - 6
    assert max(compiled.sink.batches) >= 2


def test_a_loss_ends_what_is_believed(core: Core, tmp_path: Path) -> None:
    sent = stream("h264", 0.0, Random(1), SimulatedClock().utc_ns())
    half = len(sent) // 2
    _, compiled = asyncio.run(
        _both("h264", core, sent[:half] + sent[half + 700 :], [half, len(sent) - 700], 0, tmp_path)
    )
    units = compiled.sink.units
    assert 0 < len(units) < 15
    assert all(
        one.key for one, before in zip(units[1:], units, strict=False) if one.pts90 > before.pts90 + STEP32
    )


def test_pictures_made_packets_are_the_same_pictures() -> None:
    one = Packet(b"a", 1, False, 7)
    told = Pictures(b"abc", (1, 3), (1, 2), (7, 8), one.utc_source, (-1, -1), None)
    assert [(packet.data, packet.pts90, packet.arrival_ns, packet.utc_ns) for packet in told.packets()] == [
        (b"a", 1, 7, None),
        (b"bc", 2, 8, None),
    ]
