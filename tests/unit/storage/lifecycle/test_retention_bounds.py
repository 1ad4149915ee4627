"""One run of retention does no more than it is allowed, and runs one after another do all there is to do."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shared.clock import SimulatedClock
from storage.index.backlog import BacklogRows, Left
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.tables import kept, lowerings, segments
from storage.lifecycle.allowance import Allowance
from storage.lifecycle.retention import EVERY_S
from storage.model.deadline import DAY_NS
from storage.model.segment import Segment, SegmentState
from storage.objects.disk import RealDisk
from tests.unit.storage.account import STREAMS, Account, Step, Trial, counted, record, steps
from tests.unit.storage.bounded import LEAST, due, retention
from tests.unit.storage.rows import BASE_NS, index_in_memory, segment
from tests.unit.storage.workshop import policy

few = st.lists(record, min_size=2, max_size=4)
short = st.lists(st.lists(steps, min_size=1, max_size=2), min_size=1, max_size=2)


class FickleDisk(RealDisk):
    """One whose removals fail at the turns named."""

    def __init__(self, fails: Sequence[bool] = ()) -> None:
        self._fails = list(fails)

    def remove(self, path: Path) -> None:
        if self._fails and self._fails.pop():
            raise OSError(5, "Input/output error")
        super().remove(path)


class Gone(Exception):
    """Whoever ran retention runs it no more."""


class LeavingClock(SimulatedClock):
    """Notes how long it is waited for, and lets go at the end."""

    def __init__(self, utc_ns: int, times: int) -> None:
        super().__init__(utc_ns)
        self.waits: list[float] = []
        self._times = times

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == self._times:
            raise Gone


async def runs_to_the_end(trial: Trial, disk: RealDisk) -> int:
    """Each run by a new process that may do the least, until nothing is left; how many it took."""
    for number in range(1, 400):
        outcome = await retention(trial, LEAST, disk=disk).run_once()
        if not outcome.left and outcome.failed is None:
            return number
    raise AssertionError("the runs do not come to an end")


async def state(database: Database) -> list[object]:
    """All that retention decides by."""
    columns = (segments.c.key, segments.c.days, segments.c.state, segments.c.due_ns)
    tables = (select(*columns).order_by(segments.c.key), select(lowerings), select(kept).order_by(*kept.c))
    async with database.read() as connection:
        return [[tuple(row) for row in (await connection.execute(table)).all()] for table in tables]


@given(few, short, st.lists(st.booleans(), max_size=6))
async def test_bounded_runs_end_where_one_without_bounds_ends(
    begun: list[Step], plan: list[list[Step]], fails: list[bool]
) -> None:
    async with index_in_memory() as one, index_in_memory() as other:
        bounded, unbounded = Trial(Account(), one, batch=1), Trial(Account(), other, batch=500)
        disk = FickleDisk(fails)
        for step in begun:
            await bounded.take(step)
            await unbounded.take(step)
        for round_of_steps in plan:
            for step in round_of_steps:
                await bounded.take(step)
                # Changes come between two runs: the first of them has left most of its work.
                await retention(bounded, LEAST, disk=disk).run_once()
                await unbounded.take(step)
            bounded.account.destroy()
            unbounded.account.destroy()
            await runs_to_the_end(bounded, disk)
            await retention(unbounded, Allowance(rows=1 << 30, ns=1 << 60)).run_once()
            assert {row.key for row in await bounded.rows.everything()} == set(unbounded.account.living)
            assert await state(one) == await state(other)
            assert await BacklogRows(one).left(bounded.account.now_ns) == Left()
        assert await bounded.rows.totals() == await counted(one)


async def test_what_is_due_longest_goes_first_whichever_stream_has_it() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 0)
        # Days do not order as captures do: the newest is due longest.
        ages = ((0, 30, STREAMS[0]), (9, 5, STREAMS[1]), (20, 1, STREAMS[0]), (3, 20, STREAMS[1]))
        for number, (after_days, days, stream) in enumerate(ages):
            start_ns = BASE_NS + after_days * DAY_NS
            await trial.rows.add(segment(number, stream, days=days, start_ns=start_ns))
        gone = []
        while there := {row.start_ns for row in await trial.rows.everything()}:
            await retention(trial, LEAST).run_once()
            gone += [(start - BASE_NS) // DAY_NS for start in there - await starts(trial)]
    assert gone == [9, 20, 3, 0]


async def starts(trial: Trial) -> set[int]:
    return {row.start_ns for row in await trial.rows.everything()}


async def test_footage_whose_days_were_lowered_longest_ago_is_re_dated_first() -> None:
    async with index_in_memory() as database:
        trial = Trial(Account(now_ns=BASE_NS + 20 * DAY_NS), database, batch=1)
        for number, after_days in enumerate((4, 6, 8)):
            await trial.rows.add(segment(number, STREAMS[0], start_ns=BASE_NS + after_days * DAY_NS))
            await trial.rows.add(
                segment(9 + number, STREAMS[1], start_ns=BASE_NS + (after_days + 1) * DAY_NS)
            )
        told = [policy(stream, days=5) for stream in STREAMS]
        await trial.policies.replace(told, trial.account.now_ns)
        lowered = []
        while await trial.dues.lower():
            lowered.append({(row.start_ns - BASE_NS) // DAY_NS for row in await low(trial)})
        order = [after - before for before, after in zip([set(), *lowered], lowered, strict=False)]
    assert [day for days in order for day in sorted(days)] == [4, 5, 6, 7, 8, 9]


async def low(trial: Trial) -> list[Segment]:
    return [row for row in await trial.rows.everything() if row.days == 5]


async def test_much_to_re_date_keeps_nothing_that_is_due_waiting() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 0)
        for number in range(20):
            await trial.rows.add(segment(number, STREAMS[0], start_ns=BASE_NS + 30 * DAY_NS + number))
        await trial.rows.add(segment(50, STREAMS[1]))
        await trial.policies.replace([policy(STREAMS[0], days=29)], trial.account.now_ns)
        outcome = await retention(trial, LEAST).run_once()
    assert (outcome.missing, outcome.left) == (1, True)


async def test_a_run_that_left_work_is_followed_soon_and_others_are_not() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 3)
        clock = LeavingClock(trial.account.now_ns, 5)
        with pytest.raises(Gone):
            await retention(trial, LEAST, clock).run()
    assert [wait < 1 for wait in clock.waits] == [True, True, True, False, False]


async def test_copies_are_destroyed_while_much_is_left_and_at_the_end() -> None:
    swept: list[int] = []

    async with index_in_memory() as database:
        trial = await due(database, 6)
        clock = SimulatedClock(trial.account.now_ns)

        async def sweep() -> None:
            swept.append(len(await trial.rows.everything()))

        running = retention(trial, LEAST, clock, copies=[sweep])
        for _ in range(2):
            await running.run_once()
        await clock.advance(EVERY_S)
        while (await running.run_once()).left:
            pass
    assert swept == [5, 3, 0]


async def test_nothing_more_is_condemned_while_the_disk_fails() -> None:
    async with index_in_memory() as database:
        trial = await due(database, 9, batch=2)
        disk = FickleDisk([True] * 3)
        for _ in range(3):
            await retention(trial, Allowance(batch=2), disk=disk).run_once()
        condemned = [row for row in await trial.rows.everything() if row.state is SegmentState.GARBAGE]
        assert len(condemned) == 2
        await retention(trial, Allowance(batch=2), disk=disk).run_once()
        assert await trial.rows.everything() == []


async def test_a_batch_of_a_new_index_lowers_from_where_a_killed_one_was() -> None:
    async with index_in_memory() as database:
        trial = Trial(Account(now_ns=BASE_NS + DAY_NS), database, batch=3)
        for number in range(8):
            await trial.rows.add(segment(number))
        await trial.policies.replace([policy(days=5)], trial.account.now_ns)
        looked = []
        while count := await DueRows(database, batch=3).lower():
            looked.append(count)
    assert looked == [3, 3, 2]
