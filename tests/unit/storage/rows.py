"""Rows of segments for tests of the index: no file behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import StaticPool

from shared.ids import StreamId
from storage.index.database import Database
from storage.index.tables import metadata
from storage.model.segment import Segment, SegmentState, object_key
from tests.support.pictures import STREAM

BASE_NS = 1_790_000_000_000_000_000
LENGTH_NS = 60_000_000_000


def segment(
    number: int,
    stream: StreamId = STREAM,
    *,
    days: int = 30,
    start_ns: int | None = None,
    length_ns: int = LENGTH_NS,
) -> Segment:
    """The segment of a minute, or one that starts and lasts as told."""
    start_ns = BASE_NS + number * LENGTH_NS if start_ns is None else start_ns
    return Segment(
        key=object_key(stream, start_ns, 1, f"{number:06x}"),
        stream=stream,
        run=1,
        start_ns=start_ns,
        end_ns=start_ns + length_ns,
        size=1000 + number,
        sha256="0" * 64,
        codec="avc1.64001f",
        parameters="a1b2",
        days=days,
        state=SegmentState.CLOSED,
    )


@asynccontextmanager
async def index_in_memory() -> AsyncIterator[Database]:
    """A new index, quickly: for tests that need many."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    database = Database(engine, None)
    try:
        yield database
    finally:
        await database.close()
