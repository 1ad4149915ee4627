"""Boxes (ISO/IEC 14496-12, section 4.2): length, four-character type, payload."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.errors import BadInput


def box(kind: bytes, *parts: bytes | memoryview) -> bytes:
    """A box of these payload parts. Its size must fit 32 bits."""
    size = 8 + sum(len(part) for part in parts)
    return b"".join((size.to_bytes(4, "big"), kind, *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: bytes | memoryview) -> bytes:
    """A box whose payload starts with a version and 24 flags."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *parts)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies in the bytes it was found in: [start, end), its payload from `body`."""

    kind: bytes
    start: int
    body: int
    end: int


def header_at(data: bytes | memoryview, at: int) -> Box | None:
    """The box that starts at `at`, None where not even its header is there. Its end may lie behind the data.

    Raises BadInput on a size no box can have; size 0 (up to the end of the file) is not used here.
    """
    if at + 8 > len(data):
        return None
    size = int.from_bytes(data[at : at + 4], "big")
    kind = bytes(data[at + 4 : at + 8])
    body = at + 8
    if size == 1:
        if at + 16 > len(data):
            return None
        size = int.from_bytes(data[at + 8 : at + 16], "big")
        body = at + 16
    if size < body - at:
        raise BadInput(f"MP4 box {kind!r} at {at} claims {size} bytes")
    return Box(kind, at, body, at + size)


def boxes(data: bytes | memoryview, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that fill [start, end). Raises BadInput where they do not."""
    end = len(data) if end is None else end
    at = start
    while at < end:
        found = header_at(data, at)
        if found is None or found.end > end:
            raise BadInput(f"MP4 box at {at} is cut")
        yield found
        at = found.end


def find(data: bytes | memoryview, path: tuple[bytes, ...], start: int = 0, end: int | None = None) -> Box:
    """The first box down this path of types. Raises BadInput naming the type that is missing."""
    end = len(data) if end is None else end
    found: Box | None = None
    for kind in path:
        found = next((child for child in boxes(data, start, end) if child.kind == kind), None)
        if found is None:
            raise BadInput(f"MP4 has no {kind.decode('latin-1')} box where one must be")
        start, end = found.body, found.end
    if found is None:
        raise ValueError("empty path")
    return found
