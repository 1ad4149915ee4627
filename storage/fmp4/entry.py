"""Sample entries of `stsd` (ISO/IEC 14496-12, section 12.1.3), and what every codec's description can do."""

import struct
from typing import Protocol

from storage.fmp4.boxes import Box, box

_BODY_BYTES = 78


class Description(Protocol):
    """What a file says of its samples' codec, and how units become such samples.

    Two are equal where one set-up of a decoder plays both. `brands` are those of `ftyp` that it needs.
    """

    @property
    def brands(self) -> bytes: ...

    @property
    def codec_string(self) -> str:
        """The RFC 6381 name. Raises BadInput where the parameter sets cannot be read."""
        ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def digest(self) -> str:
        """A short name of this very description: equal for equal ones."""
        ...

    def entry(self) -> bytes:
        """The sample entry."""
        ...

    def sample(self, data: bytes, *, whole: bool = False) -> list[bytes | memoryview]:
        """The parts of the sample that holds a unit; what this description says already only if `whole`."""
        ...

    def changed_by(self, data: bytes) -> bool:
        """Whether a unit says something else of the pictures: from it on a decoder is told all anew."""
        ...


def visual_entry(kind: bytes, width: int, height: int, configuration: bytes) -> bytes:
    """A VisualSampleEntry with one box in it."""
    return box(
        kind,
        bytes(6),
        struct.pack(">H", 1),
        bytes(16),
        struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1),
        bytes(32),
        struct.pack(">Hh", 0x18, -1),
        configuration,
    )


def configuration_at(entry: Box) -> tuple[int, int]:
    """Where the boxes of a sample entry begin and end."""
    return entry.body + _BODY_BYTES, entry.end


def size_of(data: bytes, entry: Box) -> tuple[int, int]:
    """Width and height of a sample entry."""
    width, height = struct.unpack_from(">HH", data, entry.body + 24)
    return width, height
