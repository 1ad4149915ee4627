"""RTCP as far as a sender of video needs it (RFC 3550 section 6, RFC 4585, RFC 5104): reports and feedback.

Sans I/O: plain compound packets in and out; `mux.rtp.srtcp` seals and opens them.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from shared.errors import BadInput

_SENDER_REPORT = 200
_RECEIVER_REPORT = 201
_SOURCE_DESCRIPTION = 202
_BYE = 203
_TRANSPORT_FEEDBACK = 205
_PAYLOAD_FEEDBACK = 206
_NACK = 1
_PLI = 1
_FIR = 4
_APPLICATION = 15
_CNAME = 1
_NTP_EPOCH_S = 2_208_988_800
_HEAD = struct.Struct(">BBH")
_BLOCK = struct.Struct(">IIIIII")


class ReportBlock(NamedTuple):
    """What a receiver says of one source: the share lost since its last report (0 to 1), all lost, the
    jitter.

    `last_report` holds the middle 32 bits of our last report's NTP time, 0 before one came; `since_report_s`
    is how long the receiver has had that report. There are very many blocks, and a tuple is made in a third
    of the time of a dataclass.
    """

    ssrc: int
    fraction_lost: float
    total_lost: int
    jitter90: int
    last_report: int = 0
    since_report_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers a receiver misses (RFC 4585 section 6.2.1)."""

    ssrc: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameRequest:
    """PLI (RFC 4585 section 6.3.1) or FIR (RFC 5104 section 4.3.1)."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Remb:
    """REMB: what the receiver believes it can take, in bits a second."""

    bits_per_second: int


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The receiver leaves (RFC 3550 section 6.6)."""


Feedback = ReportBlock | Nack | KeyFrameRequest | Remb | Goodbye


def parse(compound: bytes) -> list[Feedback]:
    """The feedback in a compound packet; kinds we have no use for are passed over.

    Raises BadInput where a length or a version is wrong.
    """
    found: list[Feedback] = []
    at, size = 0, len(compound)
    while at < size:
        if size - at < _HEAD.size:
            raise BadInput("RTCP packet is cut in its header", "rtcp")
        first, kind, words = _HEAD.unpack_from(compound, at)
        start, at = at + _HEAD.size, at + _HEAD.size + words * 4
        if first >> 6 != 2 or at > size:
            raise BadInput("RTCP packet has a wrong version or length", "rtcp")
        end = at - _padding(compound, start, at) if first & 0x20 else at
        if kind == _RECEIVER_REPORT:
            _add_blocks(found, compound, start + 4, end, first & 0x1F)
        elif kind == _SENDER_REPORT:
            _add_blocks(found, compound, start + 24, end, first & 0x1F)
        elif kind != _SOURCE_DESCRIPTION:
            found.extend(_feedback(kind, first & 0x1F, compound[start:end]))
    return found


def _padding(compound: bytes, start: int, end: int) -> int:
    padding = compound[end - 1] if end > start else 0
    if not 0 < padding <= end - start:
        raise BadInput("RTCP padding is longer than the packet", "rtcp")
    return padding


def _add_blocks(found: list[Feedback], compound: bytes, at: int, end: int, count: int) -> None:
    if end - at < count * _BLOCK.size:
        raise BadInput("RTCP report says more blocks than it has", "rtcp")
    for start in range(at, at + count * _BLOCK.size, _BLOCK.size):
        ssrc, lost, _, jitter, last, since = _BLOCK.unpack_from(compound, start)
        # 24 bits with a sign.
        total = (lost & 0xFFFFFF ^ 0x800000) - 0x800000
        found.append(ReportBlock(ssrc, (lost >> 24) / 256, total, jitter, last, since / 65536))


def _feedback(kind: int, count: int, body: bytes) -> list[Feedback]:
    if kind == _BYE:
        return [Goodbye()]
    if kind == _TRANSPORT_FEEDBACK and count == _NACK:
        return _nack(body)
    if kind == _PAYLOAD_FEEDBACK:
        return _payload_feedback(count, body)
    return []


def _nack(body: bytes) -> list[Feedback]:
    if len(body) < 8 or len(body) % 4:
        raise BadInput("RTCP NACK has an impossible length", "rtcp")
    (ssrc,) = struct.unpack_from(">I", body, 4)
    missing: list[int] = []
    for at in range(8, len(body), 4):
        first, mask = struct.unpack_from(">HH", body, at)
        missing.append(first)
        missing.extend((first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return [Nack(ssrc, tuple(missing))]


def _payload_feedback(kind: int, body: bytes) -> list[Feedback]:
    if len(body) < 8:
        raise BadInput("RTCP payload feedback is cut", "rtcp")
    if kind == _PLI:
        return [KeyFrameRequest(struct.unpack_from(">I", body, 4)[0])]
    if kind == _FIR:
        if len(body) % 8:
            raise BadInput("RTCP FIR has an impossible length", "rtcp")
        return [KeyFrameRequest(struct.unpack_from(">I", body, at)[0]) for at in range(8, len(body), 8)]
    if kind == _APPLICATION and body[8:12] == b"REMB" and len(body) >= 16:
        packed = int.from_bytes(body[13:16], "big")
        return [Remb((packed & 0x3FFFF) << (packed >> 18))]
    return []


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What we tell a viewer now and then: the UTC of an RTP timestamp, and how much was sent."""

    ssrc: int
    utc_ns: int
    timestamp: int
    packets: int
    octets: int

    @property
    def ntp(self) -> int:
        """`utc_ns` as an NTP time: seconds since 1900 in 32.32 bits."""
        seconds, rest_ns = divmod(self.utc_ns, 1_000_000_000)
        return ((seconds + _NTP_EPOCH_S) & 0xFFFFFFFF) << 32 | (rest_ns << 32) // 1_000_000_000

    @property
    def middle(self) -> int:
        """What a receiver calls this report by: the middle 32 bits of its NTP time."""
        return self.ntp >> 16 & 0xFFFFFFFF

    def compound(self, cname: bytes) -> bytes:
        """The report and the source description that a compound packet needs (RFC 3550 section 6.1)."""
        report = struct.pack(
            ">BBHIQIII",
            0x80,
            _SENDER_REPORT,
            6,
            self.ssrc,
            self.ntp,
            self.timestamp & 0xFFFFFFFF,
            self.packets & 0xFFFFFFFF,
            self.octets & 0xFFFFFFFF,
        )
        item = struct.pack(">IBB", self.ssrc, _CNAME, len(cname)) + cname
        item += bytes(4 - len(item) % 4)
        return report + struct.pack(">BBH", 0x81, _SOURCE_DESCRIPTION, len(item) // 4) + item
