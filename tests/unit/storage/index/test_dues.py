"""What is due, against a plain account of it kept in memory."""

from hypothesis import given

from storage.index.backlog import BacklogRows
from storage.index.dues import DueRows
from storage.index.holds import Hold, HoldRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS
from tests.unit.storage.account import Account, Step, Trial, counted, destroyed, first, plans
from tests.unit.storage.rows import BASE_NS, LENGTH_NS, index_in_memory, segment
from tests.unit.storage.workshop import policy


@given(first, plans)
async def test_what_lives_is_what_a_plain_account_says(begun: list[Step], plan: list[list[Step]]) -> None:
    async with index_in_memory() as database:
        trial = Trial(Account(), database)
        for step in begun:
            await trial.take(step)
        for steps_of_a_round in plan:
            for step in steps_of_a_round:
                await trial.take(step)
            await trial.destroy()
        assert await trial.rows.totals() == await counted(database)


async def test_a_month_of_held_footage_is_looked_at_once() -> None:
    async with index_in_memory() as database:
        rows, dues, holds = SegmentRows(database), DueRows(database), HoldRows(database)
        for number in range(10):
            await rows.add(segment(number))
        await holds.put(Hold("h-1", str(segment(0).stream), BASE_NS, BASE_NS + DAY_NS, "PV 1"))
        looked = [await dues.condemn(BASE_NS + 40 * DAY_NS) for _ in range(2)]
    assert looked == [10, 0]


async def test_a_clock_far_ahead_does_not_shorten_the_life_of_later_footage() -> None:
    async with index_in_memory() as database:
        rows, policies = SegmentRows(database), PolicyRows(database)
        await rows.add(segment(0))
        for days in (30, 5, 30):
            await policies.replace([policy(days=days)], BASE_NS + 400 * DAY_NS)
        later = segment(1, start_ns=BASE_NS + 2 * DAY_NS)
        await rows.add(later)
        row = await rows.get(later.key)
    assert row is not None
    assert row.days == 30


async def test_how_late_destruction_is_counts_what_is_condemned_and_still_there() -> None:
    async with index_in_memory() as database:
        rows, dues = SegmentRows(database), DueRows(database)
        await rows.add(segment(0, days=1))
        now_ns = BASE_NS + 3 * DAY_NS
        await dues.condemn(now_ns)
        assert await BacklogRows(database).overdue_ns(now_ns) == 2 * DAY_NS


async def test_a_hold_that_ends_lets_go_of_all_it_kept_batch_by_batch() -> None:
    async with index_in_memory() as database:
        rows, dues, holds = SegmentRows(database), DueRows(database, batch=2), HoldRows(database)
        for number in range(7):
            await rows.add(segment(number))
        # It reaches into the first segment only by its end, and only the length of that one tells.
        held = Hold("h-1", str(segment(0).stream), BASE_NS + LENGTH_NS // 2, BASE_NS + DAY_NS, "PV 1")
        await holds.put(held)
        await destroyed(rows, dues, BASE_NS + 40 * DAY_NS)
        kept = len(await rows.everything())
        await holds.remove("h-1")
        await destroyed(rows, dues, BASE_NS + 40 * DAY_NS)
        assert (kept, await rows.everything()) == (7, [])
