"""What an edge recorder and the centre tell each other: which footage there is, which is wanted, uploads.

Instants are nanoseconds of UTC, as in the index: two machines compare them, nobody reads them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

MOST_RANGES = 4000
"""In one report; beyond that the newest are told."""
MOST_WANTED = 64
"""In one answer."""
MOST_CHUNK_BYTES = 1 << 20
MOST_SEGMENT_BYTES = 2 << 30
_LATEST_NS = 7_258_118_400_000_000_000
"""2200-01-01."""

InstantNs = Annotated[int, Field(ge=0, lt=_LATEST_NS)]


@dataclass(frozen=True, slots=True)
class FootageRange:
    """[start_ns, end_ns) of a stream."""

    stream: Annotated[str, Field(max_length=200)]
    start_ns: InstantNs
    end_ns: InstantNs


@dataclass(frozen=True, slots=True)
class EdgeReport:
    """All footage that an edge can give now; `more` counts the ranges that found no room, the oldest."""

    ranges: Annotated[tuple[FootageRange, ...], Field(max_length=MOST_RANGES)]
    more: int = 0


@dataclass(frozen=True, slots=True)
class EdgeWanted:
    """What the centre lacks of it, in the order in which it wants it: whole segments, newest first in each.

    `more` says that it may lack more than is named.
    """

    ranges: Annotated[tuple[FootageRange, ...], Field(max_length=MOST_WANTED)]
    more: bool = False


@dataclass(frozen=True, slots=True)
class SegmentOffer:
    """A segment that is to be sent. `key` tells its stream, start and run; `sha256` is of the whole file."""

    key: Annotated[str, Field(max_length=400)]
    stream: Annotated[str, Field(max_length=200)]
    run: Annotated[int, Field(ge=0, lt=1 << 63)]
    start_ns: InstantNs
    end_ns: InstantNs
    size: Annotated[int, Field(gt=0, le=MOST_SEGMENT_BYTES)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class UploadStatus(StrEnum):
    """How an upload is: more bytes are wanted, the segment lasts at the centre, is not taken, or not yet."""

    WANTED = "wanted"
    STORED = "stored"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class UploadState:
    """The bytes from `offset` on are wanted next. `reason` says why a segment is refused for good."""

    status: UploadStatus
    offset: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EdgePass:
    """What an edge shows storage: a ticket for its commune, and where storage is. It is asked for anew
    within `for_s` seconds."""

    ticket: str
    url: str
    for_s: int
