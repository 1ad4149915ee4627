"""What is due, against a plain account of it kept in memory."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from shared.ids import StreamId
from storage.deadline import DAY_NS, deadline_ns
from storage.index.backlog import BacklogRows
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.holds import Hold, HoldRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.index.tables import segments
from storage.segment import Segment, SegmentState
from tests.unit.storage.rows import BASE_NS, LENGTH_NS, index_in_memory, segment
from tests.unit.storage.workshop import policy

STREAMS = (StreamId("59350", "one"), StreamId("59350", "two"))
HOUR_NS = 3600 * 10**9
Step = tuple[str, object, object, object]


@dataclass
class Account:
    """Which segments live: the days that ever applied to each, and what holds it now."""

    now_ns: int = BASE_NS
    days: dict[StreamId, int] = field(default_factory=dict)
    living: dict[str, tuple[Segment, int]] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)

    def authorise(self, stream: StreamId, days: int) -> None:
        self.days[stream] = days
        for key, (one, least) in self.living.items():
            if one.stream == stream:
                self.living[key] = one, min(least, days)

    def destroy(self) -> None:
        self.living = {
            key: (one, least)
            for key, (one, least) in self.living.items()
            if deadline_ns(one.start_ns, least) > self.now_ns or self._held(one)
        }

    def _held(self, one: Segment) -> bool:
        return any(
            hold.stream == str(one.stream) and hold.start_ns < one.end_ns and hold.end_ns > one.start_ns
            for hold in self.holds.values()
        )


streams = st.sampled_from(STREAMS)
# Instants within the last five days, so that holds, footage and deadlines meet.
ago_h = st.integers(0, 120)
record = st.tuples(st.just("record"), streams, ago_h, st.sampled_from([1, 60, 7200]))
hold = st.tuples(st.just("hold"), streams, ago_h, st.integers(0, 2))
release = st.tuples(st.just("release"), streams, st.integers(0, 2), st.none())
steps = st.one_of(
    *(record, hold, hold, release),
    st.tuples(st.just("authorise"), streams, st.integers(1, 6), st.none()),
    st.tuples(st.just("wait"), st.none(), st.integers(1, 60), st.none()),
)
# What there is at first: a segment of each hour or so.
first = st.lists(record, min_size=5, max_size=9)
plans = st.lists(st.lists(steps, min_size=1, max_size=3), min_size=2, max_size=5)


async def destroyed(rows: SegmentRows, dues: DueRows, now_ns: int) -> None:
    """A run of retention without files."""
    while await dues.lower():
        pass
    while await dues.release():
        pass
    while await dues.condemn(now_ns):
        pass
    while garbage := await rows.garbage(3):
        await rows.drop([one.key for one in garbage])


async def counted(database: Database) -> dict[str, tuple[int, int]]:
    statement = select(segments.c.state, func.count(), func.sum(segments.c.size)).group_by(segments.c.state)
    async with database.read() as connection:
        rows = (await connection.execute(statement)).all()
    return {state: (count, size) for state, count, size in rows}


@dataclass
class Trial:
    """The index and the account, told the same."""

    account: Account
    database: Database

    def __post_init__(self) -> None:
        self.rows, self.dues = SegmentRows(self.database), DueRows(self.database, batch=2)
        self.holds, self.policies = HoldRows(self.database), PolicyRows(self.database)
        self.number = 0

    async def take(self, step: Step) -> None:
        account = self.account
        match step:
            case ("record", StreamId() as stream, int(ago), int(seconds)):
                await self.record(stream, account.now_ns - ago * HOUR_NS, seconds * 10**9)
            case ("authorise", StreamId() as stream, int(days), _):
                account.authorise(stream, days)
                told = [policy(known, days=days) for known, days in account.days.items()]
                await self.policies.replace(told, account.now_ns)
            case ("hold", StreamId() as stream, int(ago), int(id)):
                start_ns = account.now_ns - ago * HOUR_NS
                hold = Hold(f"h-{id}", str(stream), start_ns, start_ns + 20 * HOUR_NS, "PV 1")
                account.holds[f"{hold.id} {stream}"] = hold
                await self.holds.put(hold)
            case ("release", _, int(id), _):
                kept = {name: hold for name, hold in account.holds.items() if hold.id != f"h-{id}"}
                account.holds = kept
                await self.holds.remove(f"h-{id}")
            case (_, _, int(hours), _):
                account.now_ns += hours * HOUR_NS

    async def record(self, stream: StreamId, start_ns: int, length_ns: int) -> None:
        self.number += 1
        days = self.account.days.get(stream, 6)
        one = segment(self.number, stream, days=days, start_ns=start_ns, length_ns=length_ns)
        await self.rows.add(one)
        if self.number % 2:
            await self.rows.mark_stored(one.key)
        self.account.living[one.key] = one, await least_days(self.rows, one)

    async def destroy(self) -> None:
        """A run on both; they must agree."""
        self.account.destroy()
        await destroyed(self.rows, self.dues, self.account.now_ns)
        assert {one.key for one in await self.rows.everything()} == set(self.account.living)


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


async def least_days(rows: SegmentRows, one: Segment) -> int:
    """The days a new row got: never more than it was recorded with."""
    row = await rows.get(one.key)
    assert row is not None
    assert row.days <= one.days
    return row.days


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
