"""The header extension of replayed RTP packets (ONVIF Streaming Specification, "RTP header extension")."""

import struct
from dataclasses import dataclass

_REPLAY = 0xABAC
_WORDS = 3
_HEAD_BYTES = 4
_LAYOUT = struct.Struct("!HHIIBB2x")
_NTP_EPOCH_S = 2_208_988_800
_NTP_ERA_S = 1 << 32
_CLEAN, _ENDS, _APART, _LAST = 0x80, 0x40, 0x20, 0x10


@dataclass(frozen=True, slots=True)
class ReplayMark:
    """What a replay says of a picture. `utc_ns` is when it was taken, by the camera's clock.

    `clean`: decoding can start with it. `ends`: nothing recorded follows it at once. `apart`: it does not
    follow what was sent before it. `last`: the recording has no more. `sequence` is the low byte of the
    number of the PLAY that it answers.
    """

    utc_ns: int
    clean: bool
    ends: bool
    apart: bool
    last: bool
    sequence: int


def read_mark(data: memoryview, start: int, end: int) -> ReplayMark | None:
    """The mark in the header extension `data[start:end]`, its own head included; None where it is another.

    A time that was never set is no mark: it would tell of 1900, or of 2036.
    """
    if end - start < _LAYOUT.size:
        return None
    kind, words, seconds, fraction, flags, sequence = _LAYOUT.unpack_from(data, start)
    if kind != _REPLAY or words < _WORDS or not (seconds or fraction):
        return None
    # The era that began in 1900 ends in 2036; a small number is of the next one (RFC 5905, section 6).
    era_s = _NTP_ERA_S if seconds < 1 << 31 else 0
    utc_ns = (seconds + era_s - _NTP_EPOCH_S) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32)
    return ReplayMark(
        utc_ns,
        bool(flags & _CLEAN),
        bool(flags & _ENDS),
        bool(flags & _APART),
        bool(flags & _LAST),
        sequence,
    )


def behind_mark(start: int) -> int:
    """Where another extension may follow that of a replay which begins at `start`: JPEG's does."""
    return start + _HEAD_BYTES + 4 * _WORDS
