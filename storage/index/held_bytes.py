"""How many bytes holds keep, and how many there are."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import func, select

from shared.spans import Span
from storage.index.database import Database
from storage.index.segments import LIVING, longest_ns
from storage.index.tables import holds, segments
from storage.index.tallies import totals


class HeldBytes:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self) -> int:
        """Bytes of all living segments that some hold keeps, each counted once.

        A search along the index of a stream for each held span: never all segments.
        """
        asked = select(holds.c.stream, holds.c.start_ns, holds.c.end_ns).order_by(
            holds.c.stream, holds.c.start_ns
        )
        total = 0
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).all()
            for stream, of_stream in groupby(rows, key=lambda row: str(row.stream)):
                counted_ns = 0
                for span in merged(Span(row.start_ns, row.end_ns) for row in of_stream):
                    # What starts before the end of the span before is counted there.
                    since_ns = func.coalesce(longest_ns(stream), 0)
                    size = select(func.sum(segments.c.size)).where(
                        segments.c.stream == stream,
                        segments.c.start_ns > span.start_ns - since_ns,
                        segments.c.start_ns >= counted_ns,
                        segments.c.start_ns < span.end_ns,
                        segments.c.end_ns > span.start_ns,
                        segments.c.state.in_(LIVING),
                    )
                    total += (await connection.execute(size)).scalar() or 0
                    counted_ns = span.end_ns
        return total

    async def recorded(self) -> int:
        """Bytes of all segments there are."""
        async with self._database.read() as connection:
            return sum(size for _, size in (await totals(connection)).values())


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans, which come by their start, as disjoint ones."""
    found: list[Span] = []
    for span in spans:
        if found and span.start_ns <= found[-1].end_ns:
            found[-1] = Span(found[-1].start_ns, max(found[-1].end_ns, span.end_ns))
        else:
            found.append(span)
    return found
