"""Interleaved packets taken in runs come to the same as each taken by itself, whatever is odd about some."""

import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rtsp.depacketise import MAX_PICTURE_BYTES, Depacketiser
from ingest.rtsp.depacketise_h264 import H264Depacketiser
from ingest.rtsp.depacketise_h265 import H265Depacketiser
from ingest.rtsp.depacketise_jpeg import JpegDepacketiser
from ingest.rtsp.middles import Going, take_middles
from ingest.rtsp.rtp import DOLLAR
from tests.unit.ingest.rtsp.packets import SSRC, Rig, rtp

_CHANNEL = 0
_PAYLOAD = bytes(range(1, 60))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A packet, and the channel it is sent on."""

    payload: bytes
    sequence: int
    time32: int
    marker: bool
    ssrc: int = SSRC
    kind: int = 96
    flags: int = 0x80
    channel: int = _CHANNEL

    @property
    def packet(self) -> bytes:
        return rtp(
            self.payload,
            self.sequence,
            self.time32,
            marker=self.marker,
            ssrc=self.ssrc,
            kind=self.kind,
            flags=self.flags,
        )

    @property
    def framed(self) -> bytes:
        return struct.pack("!BBH", DOLLAR, self.channel, len(self.packet)) + self.packet


def _h264(flags: int, nal: int) -> bytes:
    return bytes((nal & 0xE0 | 28, flags | nal & 0x1F))


def _h265(flags: int, nal: int) -> bytes:
    return bytes((49 << 1, 1, flags | nal & 0x3F))


_CODECS = {
    "h264": (H264Depacketiser, _h264, (0x65, 0x41, 0x61)),
    "h265": (H265Depacketiser, _h265, (19, 1, 20)),
}
_ODD: dict[str, Callable[[_Sent], _Sent]] = {
    "as it is": lambda one: one,
    "another sender": lambda one: replace(one, ssrc=SSRC + 1),
    "another type": lambda one: replace(one, kind=97),
    "a list of sources": lambda one: replace(one, flags=0x81),
    "another version": lambda one: replace(one, flags=0x40),
    "another channel": lambda one: replace(one, channel=2),
    "numbered as the one before": lambda one: replace(one, sequence=one.sequence - 1),
    "marked": lambda one: replace(one, marker=True),
    "of another time": lambda one: replace(one, time32=77),
    "empty": lambda one: replace(one, payload=b""),
    "one byte": lambda one: replace(one, payload=b"\x7c"),
    "its header alone": lambda one: replace(one, payload=_PAYLOAD[:2]),
    "a part of something else": lambda one: replace(one, payload=b"\x3c\x01" + _PAYLOAD),
    "a whole unit": lambda one: replace(one, payload=b"\x41\x9a" + _PAYLOAD),
    "an end": lambda one: replace(one, payload=b"\x7c\x41" + _PAYLOAD),
    "a beginning of the other kind": lambda one: replace(one, payload=b"\x7d\x81\0\1" + _PAYLOAD),
}
"""What may be odd about a packet in the middle."""


def _stream(codec: str, parts: Sequence[int], first: int) -> list[_Sent]:
    """Pictures of one fragmented unit, of so many parts each."""
    _, header, nals = _CODECS[codec]
    sent: list[_Sent] = []
    for picture, count in enumerate(parts):
        for part in range(count):
            flags = (0x80 if part == 0 else 0) | (0x40 if part == count - 1 else 0)
            payload = header(flags, nals[min(picture, 1)]) + b"\x88" + _PAYLOAD[: 1 + part]
            sent.append(_Sent(payload, first + len(sent), 3600 * picture, part == count - 1))
    return sent


def _told(rig: Rig) -> object:
    said = rig.receiver.reception()
    return rig.pictures, rig.losses, asdict(rig.counts), said


@settings(deadline=None, max_examples=200)
@given(
    codec=st.sampled_from(sorted(_CODECS)),
    parts=st.lists(st.integers(2, 7), min_size=1, max_size=5),
    first=st.sampled_from((0, 0xFFF8)) | st.integers(0, 0xFFFF),
    odd=st.dictionaries(st.integers(0, 30), st.sampled_from(sorted(_ODD)), max_size=3),
    lost=st.sets(st.integers(0, 30), max_size=2),
    cuts=st.lists(st.integers(0, 3000), max_size=6),
)
def test_packets_in_runs_come_to_the_same_as_one_by_one(
    codec: str, parts: list[int], first: int, odd: dict[int, str], lost: set[int], cuts: list[int]
) -> None:
    sent = [
        _ODD[odd.get(number, "as it is")](one)
        for number, one in enumerate(_stream(codec, parts, first))
        if number not in lost
    ]
    depacketiser = _CODECS[codec][0]
    by_one, in_runs = Rig(depacketiser()), Rig(depacketiser())
    by_one.receiver.arrived()
    for one in sent:
        if one.channel == _CHANNEL:
            by_one.receiver.packet(memoryview(one.packet), 0, len(one.packet))
    _take_framed(in_runs, sent, cuts)
    assert _told(in_runs) == _told(by_one)


def _take_framed(rig: Rig, sent: Sequence[_Sent], cuts: Sequence[int]) -> None:
    """What a connection does: whole runs to `frames`, and each frame where that stops by itself."""
    stream = b"".join(one.framed for one in sent)
    rig.receiver.arrived()
    at = 0
    for end in [*sorted(cut for cut in cuts if cut < len(stream)), len(stream)]:
        data = memoryview(stream)[:end]
        while True:
            at = rig.receiver.frames(data, at, end, _CHANNEL)
            stop = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
            if end - at < 4 or stop > end:
                break
            if data[at + 1] == _CHANNEL:
                rig.receiver.packet(data, at + 4, stop)
            at = stop
    assert at == len(stream)


@pytest.mark.parametrize("codec", sorted(_CODECS))
def test_all_between_the_first_packet_of_a_picture_and_the_last_is_taken_in_one_run(codec: str) -> None:
    depacketiser = _CODECS[codec][0]()
    sent = _stream(codec, [7], 0xFFFE)
    depacketiser.add(memoryview(sent[0].payload), 0, len(sent[0].payload))
    began = len(depacketiser.unit)
    stream = b"".join(one.framed for one in sent)
    first, last = len(sent[0].framed), len(stream) - len(sent[-1].framed)
    going = Going(_CHANNEL, 96, 0xFFFF, 0, SSRC)
    assert take_middles(memoryview(stream), first, len(stream), going, depacketiser) == (last, 5)
    assert bytes(depacketiser.unit[began:]) == b"".join(
        b"\x88" + _PAYLOAD[: 1 + part] for part in range(1, 6)
    )


@pytest.mark.parametrize("make", [H264Depacketiser, H265Depacketiser, JpegDepacketiser])
def test_nothing_is_a_middle_before_something_has_begun(make: type[Depacketiser]) -> None:
    depacketiser = make()
    assert depacketiser.middle == -1
    depacketiser.clear()
    assert depacketiser.middle == -1


def test_a_unit_without_an_end_is_given_up_once_it_is_too_large() -> None:
    rig = Rig()
    middle = _h264(0, 0x65) + bytes(60_000)
    rig.take(rtp(_h264(0x80, 0x65) + b"\x88", 0, 0))
    for number in range(1, MAX_PICTURE_BYTES // 60_000 + 20):
        framed = _Sent(middle, number, 0, False).framed
        rig.receiver.arrived()
        rig.receiver.frames(memoryview(framed), 0, len(framed), _CHANNEL)
        assert len(rig.receiver._depacketiser.unit) <= MAX_PICTURE_BYTES + 60_000
    rig.take(rtp(_h264(0x40, 0x65), number + 1, 0, marker=True))
    assert rig.pictures == []
    assert (rig.counts.damaged_pictures, rig.counts.lost) == (1, 0)
