"""Tells of a span what needs no fetching, from the same catalogue as playback and exports."""

from shared.clock import Clock
from shared.ids import StreamId
from shared.spans import Span
from storage.fetching.edges import Here
from storage.index.shown import ShownRows
from storage.playback.catalogue import Catalogue


class Looking:
    """What was destroyed at its deadline is settled, unless a hold keeps what is left of it elsewhere."""

    def __init__(self, catalogue: Catalogue, shown: ShownRows, clock: Clock) -> None:
        self._catalogue = catalogue
        self._shown = shown
        self._clock = clock

    async def __call__(self, stream: StreamId, span: Span) -> Here:
        """Raises Unavailable."""
        footage = await self._catalogue.between(stream, span.start_ns, span.end_ns)
        past = await self._shown.past(stream, self._clock.utc_ns())
        there = [Span(one.start_ns, one.end_ns) for one in footage if one.end_ns > one.start_ns]
        coming_ns = None
        if self._catalogue.is_recording(stream):
            coming_ns = await self._catalogue.until_ns(stream)
        return Here([*past, *there], coming_ns)
