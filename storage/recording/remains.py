"""Tells whether a spool file that is no whole segment has nothing in it, a torn write, or maybe pictures."""

from shared.errors import BadInput
from storage.fmp4.boxes import header_at
from storage.recording.spool_file import SpoolFile

_HEAD = (b"ftyp", b"moov", b"uuid")
_FRAGMENT = (b"prft", b"moof", b"mdat")
_CHUNK = 1 << 20


def is_blank(file: SpoolFile) -> bool:
    """Whether a file without a readable head never had a picture in it. Blocking.

    The head is written first, in one piece: a file that ends within it, or that a power cut left as zeros,
    never got further. Any other may hold pictures behind a damaged head.
    """
    if not file.is_torn:
        return False
    if not file.size:
        return True
    return _only_zeros(file, 0) or (_ends_within(file, 0, _HEAD) and not _has(file, b"mdat", 0))


def is_tear(file: SpoolFile, at: int) -> bool:
    """Whether what follows `at` is one fragment that was not written to its end. Blocking.

    Such a tail was lost when its writing stopped. Any other is damage, with fragments in it or behind it.
    """
    if not file.is_torn:
        return False
    if file.size <= at:
        return True
    return _only_zeros(file, at) or (not _has(file, b"prft", at + 8) and _ends_within(file, at, _FRAGMENT))


def _ends_within(file: SpoolFile, at: int, kinds: tuple[bytes, ...]) -> bool:
    """Whether the file ends within boxes of these kinds, in this order, or right behind the last but one."""
    for kind in kinds:
        try:
            # Few bytes of a header say nothing yet.
            found = header_at(file.read(at, 16), 0)
        except BadInput:
            return False
        if found is None:
            return True
        if found.kind != kind:
            return False
        at += found.end
        if at > file.size:
            return True
    return False


def _only_zeros(file: SpoolFile, at: int) -> bool:
    return not any(any(file.read(first, _CHUNK)) for first in range(at, file.size, _CHUNK))


def _has(file: SpoolFile, kind: bytes, at: int) -> bool:
    """Whether the name of a box is anywhere behind `at`."""
    step = _CHUNK - len(kind) + 1
    return any(kind in file.read(first, _CHUNK) for first in range(at, file.size, step))
