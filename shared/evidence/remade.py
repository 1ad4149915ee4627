"""Makes recorded segments again from a film, to compare them with what was signed when they were captured.

A film has the fragments of a recorded file as they were, but for a number and two times in each: given these
back, behind the head that the file had, they are the file, and have its hash.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence

from shared.evidence.film_reading import FilmBox, Stream, chunks, film_boxes
from shared.evidence.told import ToldSegment

MOST_HEAD_BYTES = 1 << 14
_MOST_MOOF = 1 << 20
_PRFT_REST, _PRFT_TIME_AT = 24, 24
_NUMBER_AT, _TIME_AT = 20, 60


def remade(film: Stream, segments: Sequence[ToldSegment]) -> Iterator[tuple[ToldSegment, str | None]]:
    """For each segment that brings its head the SHA-256 of its recorded file, None where its part of the film
    is no row of fragments. `film` is read once; segments stand in the order of their bytes."""
    at = 0
    for one in segments:
        if not one.head or one.offset < at:
            continue
        for _ in chunks(film, one.offset - at):
            pass
        yield one, _digest(_Part(film, one.size), one)
        at = one.offset + one.size


class _Part:
    """The next bytes of a film. Whatever is left of them is read at the end."""

    def __init__(self, film: Stream, size: int) -> None:
        self._film = film
        self.left = size

    def read(self, size: int, /) -> bytes:
        data = self._film.read(min(size, self.left))
        self.left -= len(data)
        return data


def _digest(part: _Part, segment: ToldSegment) -> str | None:
    digest, number, sound = hashlib.sha256(segment.head), 0, True
    for box in film_boxes(part):
        if box.kind == b"prft" and box.rest == _PRFT_REST:
            number += 1
        if box.kind == b"mdat":
            digest.update(box.head)
            for chunk in chunks(part, box.rest):
                digest.update(chunk)
            continue
        known = box.kind in (b"prft", b"moof") and box.rest <= _MOST_MOOF
        data = _given_back(box, b"".join(chunks(part, box.rest)), number, segment.time90) if known else None
        if data is None:
            sound = False
            break
        digest.update(data)
    for _ in chunks(part, part.left):
        pass
    return digest.hexdigest() if sound and number else None


def _given_back(box: FilmBox, rest: bytes, number: int, time90: int) -> bytes | None:
    """The box with the number and the times that it had in the recording."""
    data = bytearray(box.head + rest)
    try:
        if box.kind == b"prft":
            _earlier(data, _PRFT_TIME_AT, time90)
        else:
            struct.pack_into(">I", data, _NUMBER_AT, number)
            _earlier(data, _TIME_AT, time90)
    except struct.error:
        return None
    return bytes(data)


def _earlier(data: bytearray, at: int, time90: int) -> None:
    (time,) = struct.unpack_from(">Q", data, at)
    struct.pack_into(">Q", data, at, time - time90)
