"""Going through all rows, a few at a time."""

from storage.index.segments import SegmentRows
from storage.index.walk import Walk
from storage.model.segment import SegmentState
from tests.unit.storage.rows import index_in_memory, segment


async def test_each_row_is_met_once_and_only_what_is_stored_is_said_to_be() -> None:
    segments = [segment(number) for number in range(5)]
    keys = sorted(one.key for one in segments)
    async with index_in_memory() as database:
        rows, walk = SegmentRows(database), Walk(database)
        for one in segments:
            await rows.add(one)
        for key in keys[:2]:
            await rows.mark_stored(key)
        met: list[tuple[str, SegmentState]] = []
        while batch := await walk.after(met[-1][0] if met else "", 2):
            assert len(batch) <= 2
            met += batch
        stored = await walk.stored_after("", 10)
        assert [await walk.is_stored(key) for key in (keys[0], keys[4], "none")] == [True, False, False]
    assert met == [(key, SegmentState.STORED if key in keys[:2] else SegmentState.CLOSED) for key in keys]
    assert [key for key, _ in stored] == keys[:2]
