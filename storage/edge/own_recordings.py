"""The edge's own index as a source of footage."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

from shared.clock import Clock
from shared.ids import StreamId
from shared.spans import Span
from storage.edge.source import SegmentFile
from storage.index.shown import ShownRows
from storage.model.segment import HOLE_NS, Segment, SegmentState
from storage.model.stretches import joined, within


class OwnRecordings:
    """A `FootageSource` of what is finished and stored; `path_of` gives the file of an object."""

    def __init__(self, shown: ShownRows, path_of: Callable[[str], Path], clock: Clock) -> None:
        self._shown = shown
        self._path_of = path_of
        self._clock = clock

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        known = await self._stored(stream, Span(start_ns, end_ns))
        return within(
            joined((Span(one.start_ns, one.end_ns) for one in known), HOLE_NS), [Span(start_ns, end_ns)]
        )

    async def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        for one in reversed(await self._stored(stream, span)):
            path = self._path_of(one.key)
            if await asyncio.to_thread(path.exists):
                yield SegmentFile(
                    path, one.key, one.stream, one.run, one.start_ns, one.end_ns, one.size, one.sha256
                )

    async def _stored(self, stream: StreamId, span: Span) -> list[Segment]:
        found = await self._shown.between(stream, span.start_ns, span.end_ns, self._clock.utc_ns())
        return [one for one in found if one.state is SegmentState.STORED]
