"""A film's index of fragments (`sidx`, ISO/IEC 14496-12, 8.16.3), and how one gets its new time."""

import struct
from collections.abc import Iterable

from shared.errors import BadInput
from shared.mediatime import TICKS_PER_SECOND
from storage.fmp4.boxes import full_box
from storage.fmp4.movie import TRACK

MOST_REFERENCES = 0xFFFF
_STARTS_WITH_KEY = 0x90000000
_PRFT_TIME_AT = 24
_NUMBER_AT, _TIME_AT = 52, 92
_KNOWN = ((4, b"prft"), (36, b"moof"), (44, b"mfhd"), (60, b"traf"), (68, b"tfhd"), (84, b"tfdt"))


def segment_index(references: Iterable[tuple[int, int, bool]], first90: int) -> bytes:
    """The index of what follows it at once: bytes, time up to the next, and whether it starts with a key."""
    entries = [
        struct.pack(">III", size, duration90, _STARTS_WITH_KEY if key else 0)
        for size, duration90, key in references
    ]
    head = struct.pack(">IIQQHH", TRACK, TICKS_PER_SECOND, first90, 0, 0, len(entries))
    return full_box(b"sidx", 1, 0, head, *entries)


def retime(data: bytearray, at: int, time90: int, number: int) -> None:
    """Give the fragment at `at` another time and number, nothing else. Raises BadInput on a foreign one."""
    for place, kind in _KNOWN:
        if data[at + place : at + place + 4] != kind:
            raise BadInput(f"the fragment has no {kind.decode()} where it must be")
    struct.pack_into(">Q", data, at + _PRFT_TIME_AT, time90)
    struct.pack_into(">I", data, at + _NUMBER_AT, number & 0xFFFF_FFFF)
    struct.pack_into(">Q", data, at + _TIME_AT, time90)
