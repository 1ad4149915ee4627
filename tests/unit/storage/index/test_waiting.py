"""What is given up of what waits in the spool."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.index.holds import Hold, HoldRows
from storage.index.segments import SegmentRows
from storage.index.waiting import WaitingRows
from storage.model.segment import SegmentState
from tests.support.pictures import STREAM
from tests.unit.storage.rows import LENGTH_NS, index_in_memory, segment


@pytest.mark.slow
@given(
    waiting=st.lists(
        st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 9)),
        min_size=1,
        max_size=8,
        unique_by=lambda one: one[0],
    ),
    too_much=st.integers(1, 60),
)
async def test_whatever_waits_what_is_given_up_is_the_oldest_not_held_and_no_more_than_it_takes(
    waiting: list[tuple[int, bool, int]], too_much: int
) -> None:
    async with index_in_memory() as database:
        rows, holds = SegmentRows(database), HoldRows(database)
        for number, held, size in waiting:
            one = replace(segment(number), size=size)
            await rows.add(one)
            if held:
                hold = Hold(f"h-{number}", str(STREAM), one.start_ns, one.start_ns + LENGTH_NS // 2, "PV")
                await holds.put(hold)
        gone = dict(await WaitingRows(database).give_up(100, size=too_much))
        free = sorted((number, size) for number, held, size in waiting if not held)
        assert sorted(gone) == [segment(number).key for number, _ in free[: len(gone)]]
        assert sum(gone.values()) >= too_much or len(gone) == len(free)
        assert not gone or sum(gone.values()) - free[len(gone) - 1][1] < too_much
        totals = await rows.totals()
        assert totals.get(SegmentState.GARBAGE, (0, 0)) == (len(gone), sum(gone.values()))
        assert totals.get(SegmentState.CLOSED, (0, 0))[0] == len(waiting) - len(gone)
