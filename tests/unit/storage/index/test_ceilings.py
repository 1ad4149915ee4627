"""Days lowered once are never raised again for what was recorded before."""

from hypothesis import given
from hypothesis import strategies as st

from storage.index.dues import DueRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS, deadline_ns
from storage.model.segment import SegmentState
from tests.unit.storage.account import destroyed
from tests.unit.storage.rows import BASE_NS, LENGTH_NS, index_in_memory, segment
from tests.unit.storage.workshop import policy


@given(st.integers(1, 31), st.integers(1, 31), st.integers(1, 31), st.integers(0, 40))
async def test_raised_days_never_revive_what_was_recorded_under_fewer(
    first: int, lowered: int, raised: int, after_days: int
) -> None:
    async with index_in_memory() as database:
        rows, dues, policies = SegmentRows(database), DueRows(database), PolicyRows(database)
        await policies.replace([policy(days=first)], BASE_NS)
        await rows.add(segment(0, days=first))
        for days in (lowered, raised):
            await policies.replace([policy(days=days)], BASE_NS + 1)
        now_ns = BASE_NS + after_days * DAY_NS
        await destroyed(rows, dues, now_ns)
        due = deadline_ns(BASE_NS, min(first, lowered, raised)) <= now_ns
        assert [one.state for one in await rows.everything()] == ([] if due else [SegmentState.CLOSED])


async def test_what_waited_in_the_spool_while_days_were_lowered_has_the_fewer_days() -> None:
    async with index_in_memory() as database:
        rows, policies = SegmentRows(database), PolicyRows(database)
        await rows.add(segment(0))
        for days in (30, 5, 30):
            await policies.replace([policy(days=days)], BASE_NS + 10 * LENGTH_NS)
        await rows.add(segment(3))
        await rows.add(segment(20))
        await DueRows(database).lower()
        assert [one.days for one in await rows.everything()] == [5, 5, 30]
