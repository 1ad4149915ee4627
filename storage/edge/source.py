"""The port behind which footage is that the centre may lack: the edge's own recordings, a camera's own card.

What an implementation owes is in `tests/unit/storage/edge/source_contract.py`.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.ids import StreamId
from shared.spans import Span


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A whole segment as a file: fragmented MP4 with its identity box, as recording writes it.

    `key` is its object key at the centre, and the same each time this segment is fetched: it must tell its
    stream, start and run (`storage.model.segment.object_key`). `sha256` is of the whole file.
    """

    path: Path
    key: str
    stream: StreamId
    run: int
    start_ns: int
    end_ns: int
    size: int
    sha256: str


class FootageSource(Protocol):
    """Footage of some streams. Both calls raise Unavailable where the source cannot be asked now."""

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        """Which parts of [start_ns, end_ns) there is footage of, oldest first, apart from each other.

        None of a stream that it does not know. Footage past its deadline that no hold keeps is not there.
        """
        ...

    def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        """The segments that have something of a span, newest first, each whole.

        A file is there until the generator is advanced or closed: close it (`contextlib.aclosing`). A segment
        that is destroyed meanwhile is left out, or its file is gone when it is read.
        """
        ...
