"""Tells whether a spool file that is no whole segment has nothing in it, a torn write, or maybe pictures."""

import mmap
import os
from pathlib import Path

from shared.errors import BadInput
from storage.fmp4.boxes import header_at

_HEAD = (b"ftyp", b"moov", b"uuid")
_FRAGMENT = (b"prft", b"moof", b"mdat")


def is_blank(path: Path) -> bool:
    """Whether a file without a readable head never had a picture in it. Blocking.

    The head is written first, in one piece: a file that ends within it, or that a power cut left as zeros,
    never got further. Any other may hold pictures behind a damaged head.
    """
    with path.open("rb", buffering=0) as file:
        if not os.fstat(file.fileno()).st_size:
            return True
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _only_zeros(data, 0) or (_ends_within(data, 0, _HEAD) and data.find(b"mdat") < 0)


def is_tear(path: Path, at: int) -> bool:
    """Whether what follows `at` is one fragment that was not written to its end. Blocking.

    Such a tail was lost when its writing stopped. Any other is damage, with fragments in it or behind it.
    """
    with path.open("rb", buffering=0) as file:
        if os.fstat(file.fileno()).st_size <= at:
            return True
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            only_one = data.find(b"prft", at + 8) < 0
            return _only_zeros(data, at) or (only_one and _ends_within(data, at, _FRAGMENT))


def _ends_within(data: mmap.mmap, at: int, kinds: tuple[bytes, ...]) -> bool:
    """Whether the file ends within boxes of these kinds, in this order, or right behind the last but one."""
    for kind in kinds:
        try:
            # Few bytes of a header say nothing yet.
            found = header_at(data[at : at + 16], 0)
        except BadInput:
            return False
        if found is None:
            return True
        if found.kind != kind:
            return False
        at += found.end
        if at > len(data):
            return True
    return False


def _only_zeros(data: mmap.mmap, at: int) -> bool:
    chunk = 1 << 20
    return not any(any(data[first : first + chunk]) for first in range(at, len(data), chunk))
