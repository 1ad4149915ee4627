"""A segment: one file of about a minute of one stream, and what the index says of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from shared.errors import BadInput
from shared.ids import StreamId
from shared.spans import Span

_SPOOL_NAME = re.compile(
    r"(?P<stream>[^~]+~[^~]+~[^~]+)~\d{8}~(?P<start>\d{8}T\d{6})\.(?P<milliseconds>\d{3})Z"
)

HOLE_NS = 200_000_000
"""Two segments of a run this near to each other leave no hole: less than two pictures of a slow camera."""


class SegmentState(StrEnum):
    """Where a segment is in its life. A segment that is gone has no row at all."""

    CLOSED = "closed"
    STORED = "stored"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished segment. `key` names its object; times are UTC; `days` is what was authorised then.

    `parameters` is equal for segments that one decoder set-up plays. `incomplete` is how many of its first
    pictures are incomplete, 255 for as many or more: a camera without key pictures is cut where it recovers.
    """

    key: str
    stream: StreamId
    run: int
    start_ns: int
    end_ns: int
    size: int
    sha256: str
    codec: str
    parameters: str
    days: int
    state: SegmentState
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class Footage:
    """A segment as a reader sees it, growing or finished. `days` are those it may be kept at most.

    `limit` is what may be seen of one that is past its deadline and of which a hold keeps a part, None all.
    """

    key: str
    stream: StreamId
    run: int
    start_ns: int
    end_ns: int
    codec: str
    parameters: str
    days: int
    limit: Span | None = None

    @property
    def from_ns(self) -> int:
        """Where what may be seen of it begins."""
        return self.start_ns if self.limit is None else max(self.start_ns, self.limit.start_ns)

    @property
    def to_ns(self) -> int:
        """Where what may be seen of it ends."""
        return self.end_ns if self.limit is None else min(self.end_ns, self.limit.end_ns)

    def goes_on_in(self, later: "Footage") -> bool:
        """Whether `later` plays on after this one without a seam."""
        return (
            self.to_ns == self.end_ns
            and later.from_ns == later.start_ns
            and self.run == later.run
            and self.parameters == later.parameters
            and abs(later.start_ns - self.end_ns) <= HOLE_NS
        )


def object_key(stream: StreamId, start_ns: int, run: int, nonce: str) -> str:
    """Where a segment lies in the object store: stream, UTC day, instant, run.

    `nonce` tells apart two files that start with the same picture, as after a crash.
    """
    start = datetime.fromtimestamp(start_ns // 1_000_000_000, UTC)
    milliseconds = start_ns // 1_000_000 % 1000
    return f"{stream}/{start:%Y%m%d}/{start:%Y%m%dT%H%M%S}.{milliseconds:03d}Z-r{run}-{nonce}.mp4"


def stream_of_key(key: str) -> StreamId:
    """The stream that the key of a segment names. Raises BadInput."""
    return StreamId.parse("/".join(key.split("/")[:3]))


def spool_name(key: str) -> str:
    """The name of a segment's file in the spool, which is one flat folder."""
    return key.replace("/", "~")


def key_of_spool_name(name: str) -> str:
    """The object key of a file in the spool."""
    return name.replace("~", "/")


def capture_of_spool_name(name: str) -> tuple[StreamId, int] | None:
    """The stream and the UTC start that the name of a file in the spool tells, None where it is no such.

    An object's key tells them by its `spool_name`.
    """
    found = _SPOOL_NAME.match(name)
    if found is None:
        return None
    try:
        start = datetime.strptime(found["start"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        stream = StreamId.parse(key_of_spool_name(found["stream"]))
    except (ValueError, BadInput):
        return None
    return stream, int(start.timestamp()) * 1_000_000_000 + int(found["milliseconds"]) * 1_000_000
