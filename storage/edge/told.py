"""What footage the sources have, asked whole now and then, and else of the newest only."""

from collections.abc import Sequence

from shared.clock import Clock
from shared.ids import StreamId
from shared.spans import Span
from storage.edge.source import FootageSource
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.segment import HOLE_NS
from storage.model.stretches import joined, without

_WHOLE_NS = 600 * 1_000_000_000
_OLDEST_NS = (MAX_DAYS + 1) * DAY_NS
_NEWEST_NS = 1800 * 1_000_000_000
"""Longer than a segment, what waits to be finished, and what lies between two looks."""


class Told:
    """A month of a commune's segments is hundreds of thousands of rows: they are not read every few seconds.

    What was destroyed since the last whole look is told all the same, and then not found to be sent.
    """

    def __init__(self, sources: Sequence[FootageSource], clock: Clock) -> None:
        self._sources = sources
        self._clock = clock
        self._known: dict[StreamId, list[Span]] = {}
        self._whole_ns: int | None = None

    async def ranges(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Span]]:
        """By stream, oldest first. Raises Unavailable."""
        now_ns, utc_ns = self._clock.monotonic_ns(), self._clock.utc_ns()
        whole = self._whole_ns is None or now_ns - self._whole_ns > _WHOLE_NS
        for stream in streams:
            fresh = stream not in self._known or whole
            since_ns = utc_ns - (_OLDEST_NS if fresh else _NEWEST_NS)
            asked = Span(since_ns, utc_ns + 1)
            found = [
                one
                for source in self._sources
                for one in await source.ranges(stream, asked.start_ns, asked.end_ns)
            ]
            older = [] if fresh else without(self._known[stream], [asked])
            self._known[stream] = joined([*older, *found], HOLE_NS)
        if whole:
            self._whole_ns = now_ns
        self._known = {stream: self._known[stream] for stream in streams}
        return {stream: list(spans) for stream, spans in self._known.items()}
