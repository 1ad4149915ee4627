"""The rows of segments."""

from storage.index.segments import SegmentRows
from tests.unit.storage.rows import LENGTH_NS, index_in_memory, segment


async def test_a_segment_longer_than_the_others_is_found_where_it_ends() -> None:
    async with index_in_memory() as database:
        rows = SegmentRows(database)
        long = segment(0, length_ns=100 * LENGTH_NS)
        for one in (long, *(segment(number) for number in range(1, 20))):
            await rows.add(one)
        found = await rows.between(long.stream, long.end_ns - 1, long.end_ns)
        assert ([one.key for one in found], await rows.newest_end_ns(long.stream)) == (
            [long.key],
            long.end_ns,
        )
