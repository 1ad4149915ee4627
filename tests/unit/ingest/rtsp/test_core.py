"""The compiled core comes to the same as the receiver in Python, byte for byte, whatever a camera sends."""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.connection import Connection
from ingest.rtsp.core import CompiledRuns, Core, CoreChoice, Taken, core_of
from ingest.rtsp.depacketise import Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.depacketise_mpeg4 import Mpeg4Depacketiser
from ingest.rtsp.middles import Going
from ingest.rtsp.rtp import DOLLAR
from shared.errors import Unavailable
from shared.log import get_logger
from tests.support.ingest_core import built_core
from tests.unit.ingest.rtsp.packets import SSRC, Rig, rtp, sender_report

_LOG = get_logger("tests")
_MADE: dict[str, Callable[[], Depacketiser]] = {
    "h264": H264Depacketiser,
    "h265": H265Depacketiser,
    "numbered": lambda: H265Depacketiser(numbered=True),
    "mpeg4": Mpeg4Depacketiser,
}


@pytest.fixture(scope="module")
def core() -> Core:
    return built_core()


@dataclass(frozen=True, slots=True)
class _Packet:
    payload: bytes
    marker: bool
    step: int = 1
    later: int = 0
    ssrc: int = SSRC
    kind: int = 96
    flags: int = 0x80
    channel: int = 0


class _Camera:
    """Packets as a seed has them: mostly whole pictures, with something odd here and there.

    Random by itself: streams that Hypothesis builds are too short for pictures."""

    def __init__(self, seed: int, codec: str) -> None:
        self._random = Random(seed)
        self._h265 = codec in ("h265", "numbered")
        self._oddity = self._random.choice((0.0, 0.02, 0.2))

    def sent(self) -> list[_Packet]:
        packets = [packet for _ in range(self._random.randint(1, 12)) for packet in self._picture()]
        return [self._odd(one) if self._random.random() < self._oddity else one for one in packets]

    def _picture(self) -> list[_Packet]:
        payloads: list[bytes] = []
        for _ in range(self._random.randint(1, 3)):
            form = self._random.choice((self._fragments, self._fragments, self._aggregate, self._single))
            payloads += form()
        # Some cameras mark no picture, some change its time before its end.
        last = self._random.random() < 0.9
        cut = self._random.randrange(len(payloads)) if self._random.random() < 0.1 else -1
        return [
            _Packet(payload, last and place == len(payloads) - 1, later=3600 if place == cut else 0)
            for place, payload in enumerate(payloads)
        ]

    def _head(self) -> bytes:
        """The header of a NAL unit: of a slice mostly."""
        if self._h265:
            return bytes(
                (
                    self._random.choice((1, 1, 0, 16, 19, 21, 25, 32, 33, 39, 40)) << 1,
                    self._random.choice((1, 1, 2)),
                )
            )
        return bytes((self._random.choice((0x20, 0x60)) | self._random.choice((1, 1, 2, 3, 5, 5, 6, 7, 8)),))

    def _body(self, least: int = 0) -> bytes:
        return self._random.randbytes(self._random.randint(least, 40))

    def _single(self) -> list[bytes]:
        return [self._head() + self._body()]

    def _fragments(self) -> list[bytes]:
        head, count = self._head(), self._random.randint(2, 6)
        kind = head[0] >> 1 if self._h265 else head[0] & 0x1F
        before = bytes((49 << 1, head[1])) if self._h265 else bytes((head[0] & 0xE0 | 28,))
        flags = [0x80, *[0] * (count - 2), self._random.choice((0x40, 0x40, 0x40, 0))]
        return [before + bytes((flag | kind,)) + self._body(self._random.choice((0, 1))) for flag in flags]

    def _aggregate(self) -> list[bytes]:
        units = [
            self._random.choice((self._head(), b"")) + self._body() for _ in range(self._random.randint(0, 4))
        ]
        wrong = self._random.choice((0,) * 15 + (1, 300))
        sized = b"".join(struct.pack("!H", len(unit) + wrong) + unit for unit in units)
        return [
            (bytes((48 << 1, 1)) if self._h265 else b"\x18") + sized + self._random.choice((b"", b"", b"\0"))
        ]

    def _odd(self, one: _Packet) -> _Packet:
        random = self._random
        return random.choice(
            (
                replace(one, step=random.choice((0, -3, 2, 300))),
                replace(one, ssrc=SSRC + 1),
                replace(one, kind=random.choice((97, 72))),
                replace(one, flags=random.choice((0x81, 0x90, 0xA0, 0x40))),
                replace(one, channel=random.choice((1, 2))),
                replace(one, marker=not one.marker),
                replace(one, payload=random.randbytes(random.randint(0, 30))),
                replace(one, payload=random.randbytes(1) + one.payload[1:]),
                replace(one, payload=one.payload[:2] + random.randbytes(1) + one.payload[3:]),
                replace(one, payload=one.payload[: random.randint(0, 4)]),
            )
        )


def _stream(sent: list[_Packet], first: int) -> bytes:
    sequence, time32, parts = first, 2**32 - 7200, []
    for number, one in enumerate(sent):
        packet = rtp(
            one.payload, sequence, time32, marker=one.marker, ssrc=one.ssrc, kind=one.kind, flags=one.flags
        )
        if number % 17 == 9:
            report = sender_report(1_800_000_000 * 10**9, time32 % 2**32)
            parts.append(struct.pack("!BBH", DOLLAR, 1, len(report)) + report)
        parts.append(struct.pack("!BBH", DOLLAR, one.channel, len(packet)) + packet)
        sequence += one.step
        # A marker mostly ends a picture's time too.
        time32 += one.later + (3600 if one.marker else 0)
    return b"".join(parts)


class _Read:
    """A receiver behind a connection, as a session puts it, and what it made of a stream."""

    def __init__(self, codec: str, core: Core | None) -> None:
        self.rig = Rig(_MADE[codec](), core=core)
        self.connection = Connection(
            self.rig.counts,
            arrived=self.rig.receiver.arrived,
            frame=self._frame,
            answered=lambda answer: None,
            asked=lambda asked: (200, "OK"),
            ended=lambda error: None,
        )
        self.connection.give_media(self.rig.receiver.frames, 0)

    def read(self, data: bytes) -> None:
        while data:
            buffer = self.connection.get_buffer(-1)
            now, data = data[: len(buffer)], data[len(buffer) :]
            buffer[: len(now)] = now
            self.connection.buffer_updated(len(now))
        self.rig.receiver.settle()

    def _frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        if channel == 0:
            self.rig.receiver.packet(data, start, end)
        elif channel == 1:
            self.rig.receiver.control(bytes(data[start:end]))

    @property
    def told(self) -> object:
        rig = self.rig
        left = rig.receiver._depacketiser
        return (
            rig.pictures,
            rig.losses,
            asdict(rig.counts),
            rig.receiver.reception(),
            (bytes(left.unit), left.nals, left.middle, left.has_picture, left.key, left.continues),
            (left.damaged, left.malformed, rig.receiver.taken, rig.receiver.holds),
        )


@settings(deadline=None, max_examples=100)
@given(
    seed=st.integers(0, 1 << 32),
    codec=st.sampled_from(sorted(_MADE)),
    first=st.sampled_from((0, 0xFFF0)),
    cuts=st.lists(st.integers(0, 3000), max_size=8),
)
def test_any_packets_cut_anywhere_come_to_the_same_as_in_python(
    core: Core, seed: int, codec: str, first: int, cuts: list[int]
) -> None:
    stream = _stream(_Camera(seed, codec).sent(), first)
    ends = [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    asyncio.run(_compare(_Read(codec, None), _Read(codec, core), stream, ends))


async def _compare(python: _Read, compiled: _Read, stream: bytes, ends: list[int]) -> None:
    for start, end in zip([0, *ends], ends, strict=False):
        for read in (python, compiled):
            await read.rig.clock.advance(0.15)
            read.read(stream[start:end])
        assert compiled.told == python.told


@settings(deadline=None, max_examples=40)
@given(noise=st.binary(min_size=30, max_size=400), at=st.integers(0, 5), pieces=st.integers(1, 5))
def test_no_bytes_whatever_are_read_otherwise(core: Core, noise: bytes, at: int, pieces: int) -> None:
    begun = _stream([_Packet(b"\x65\x88" + bytes(20), True)] * 3, 7)
    stream = (begun[: len(begun) - at] + noise + begun) * pieces
    python, compiled = _Read("h264", None), _Read("h264", core)
    for read in (python, compiled):
        read.read(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n" + stream)
    assert compiled.told == python.told


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_usual_picture_is_taken_at_one_go(core: Core, codec: str) -> None:
    heads = {
        "h264": (b"\x7c\x85", b"\x7c\x05", b"\x7c\x45"),
        "h265": (b"\x62\1\x93", b"\x62\1\x13", b"\x62\1\x53"),
    }
    begin, middle, end = (head + b"\x88" * 500 for head in heads[codec])
    sets = b"\x67\x42\0\x1e" if codec == "h264" else b"\x42\1\1\1"
    sent = [_Packet(part, False) for part in (sets, begin, *[middle] * 20)] + [_Packet(end, True)]
    stream = memoryview(bytearray(_stream([replace(one, channel=0) for one in sent], 0)))
    into = _MADE[codec]()
    reports = sum(1 for number in range(len(sent)) if number % 17 == 9)
    packets = 9
    taken = CompiledRuns(core, into).take(stream, 0, len(stream), Going(0, 96, 0, -1, SSRC))
    assert (taken.packets, taken.marked, reports) == (packets, False, 1)
    assert taken == Taken(taken.at, packets, 2**32 - 7200, False)
    assert (into.has_picture, into.key, into.continues, into.nals[0]) == (True, True, False, 4)


@pytest.mark.parametrize("aggregated", [False, True])
@pytest.mark.parametrize(
    ("codec", "sei", "piece"),
    [
        ("h264", b"\x06\x06\x01\xc4\x80", b"\x41\x9anon"),
        ("h265", b"\x4e\x01\x06\x01\xc0\x80", b"\x02\x01\x80non"),
    ],
)
def test_a_recovery_point_is_told_as_such(
    core: Core, codec: str, sei: bytes, piece: bytes, aggregated: bool
) -> None:
    head = b"\x18" if codec == "h264" else b"\x60\x01"
    payload = head + struct.pack("!H", len(sei)) + sei if aggregated else sei
    read = _Read(codec, core)
    read.read(_stream([_Packet(piece, True), _Packet(payload, False), _Packet(piece, True)], 0))
    assert [picture.key for picture in read.rig.pictures] == [False, True]


def test_a_unit_that_is_a_header_alone_is_left_out(core: Core) -> None:
    sent = [_Packet(b"\x41\x9anon", True), _Packet(b"\x18\0\1\x67\0\3\x41\x9a\1", True)]
    read = _Read("h264", core)
    read.read(_stream(sent, 0))
    assert [picture.data for picture in read.rig.pictures] == [
        b"\0\0\0\1\x41\x9anon",
        b"\0\0\0\1\x41\x9a\1",
    ]


def test_a_picture_of_a_few_units_too_many_goes_on_in_python(core: Core) -> None:
    one = struct.pack("!H", 3) + b"\x41\x9a\1"
    sent = [_Packet(b"\x18" + one * 100, False) for _ in range(6)] + [_Packet(b"\x18" + one, True)]
    python, compiled = _Read("h264", None), _Read("h264", core)
    for read in (python, compiled):
        read.read(_stream([_Packet(b"\x65\x88key", True), *sent], 0))
    assert len(python.rig.pictures[1].nals) == 601
    assert compiled.told == python.told


def test_without_a_library_ingest_goes_on_in_python_unless_it_is_demanded(tmp_path: Path) -> None:
    assert core_of(CoreChoice.AUTO, _LOG, tmp_path) is None
    assert core_of(CoreChoice.PYTHON, _LOG) is None
    with pytest.raises(Unavailable, match="was not built"):
        core_of(CoreChoice.COMPILED, _LOG, tmp_path)


def test_what_is_no_library_is_not_loaded(core: Core, tmp_path: Path) -> None:
    (tmp_path / f"_core{EXTENSION_SUFFIXES[0]}").write_bytes(b"no library")
    with pytest.raises(Unavailable, match="cannot be loaded"):
        core_of(CoreChoice.COMPILED, _LOG, tmp_path)
