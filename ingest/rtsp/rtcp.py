"""RTCP (RFC 3550, section 6): sender reports in, receiver reports out."""

import struct
from dataclasses import dataclass

_NTP_EPOCH_S = 2_208_988_800
_NTP_ERA_S = 1 << 32
_SENDER, _RECEIVER, _DESCRIPTION, _BYE = 200, 201, 202, 203
_CNAME = b"beffroi"


@dataclass(frozen=True, slots=True)
class SenderReport:
    """At `utc_ns` by the camera's clock its media time was `time32`. `middle32` is what a reply repeats."""

    ssrc: int
    utc_ns: int
    time32: int
    middle32: int


@dataclass(frozen=True, slots=True)
class Bye:
    ssrc: int


@dataclass(frozen=True, slots=True)
class Reception:
    """What a receiver tells of a sender (section 6.4.1), in the units of the packet."""

    ssrc: int
    lost_share256: int
    lost: int
    highest: int
    jitter: int
    middle32: int
    delay65536: int


def parse(data: bytes) -> tuple[SenderReport | Bye, ...]:
    """The sender reports and goodbyes of a compound packet; what is cut or unknown is left out."""
    found: list[SenderReport | Bye] = []
    at = 0
    while at + 8 <= len(data):
        flags, kind, words = struct.unpack_from("!BBH", data, at)
        size = 4 + 4 * words
        if flags >> 6 != 2 or at + size > len(data):
            break
        (ssrc,) = struct.unpack_from("!I", data, at + 4)
        if kind == _SENDER and size >= 28:
            seconds, fraction, time32 = struct.unpack_from("!III", data, at + 8)
            middle32 = (seconds & 0xFFFF) << 16 | fraction >> 16
            found.append(SenderReport(ssrc, _utc_ns(seconds, fraction), time32, middle32))
        elif kind == _BYE and flags & 0x1F:
            found.append(Bye(ssrc))
        at += size
    return tuple(found)


def receiver_report(own_ssrc: int, reception: Reception | None) -> bytes:
    """A receiver report with its CNAME, about one sender or about none."""
    block = b""
    if reception is not None:
        lost = max(-0x80_0000, min(0x7F_FFFF, reception.lost)) & 0xFF_FFFF
        block = struct.pack(
            "!IIIIII",
            reception.ssrc,
            (reception.lost_share256 & 0xFF) << 24 | lost,
            reception.highest & 0xFFFF_FFFF,
            min(reception.jitter, 0xFFFF_FFFF),
            reception.middle32,
            min(reception.delay65536, 0xFFFF_FFFF),
        )
    report = struct.pack("!BBHI", 0x80 | bool(block), _RECEIVER, 1 + len(block) // 4, own_ssrc) + block
    name = struct.pack("!IBB", own_ssrc, 1, len(_CNAME)) + _CNAME
    name += b"\0" * (4 - len(name) % 4)
    return report + struct.pack("!BBH", 0x81, _DESCRIPTION, len(name) // 4) + name


def _utc_ns(seconds: int, fraction: int) -> int:
    # The era that began in 1900 ends in 2036; a small number is of the next one (RFC 5905, section 6).
    if seconds < 1 << 31:
        seconds += _NTP_ERA_S
    return (seconds - _NTP_EPOCH_S) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32)
