"""A plain account of which segments live, and an index that is told the same."""

from dataclasses import dataclass, field

from hypothesis import strategies as st
from sqlalchemy import func, select

from shared.ids import StreamId
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.holds import Hold, HoldRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.index.tables import segments
from storage.model.deadline import deadline_ns
from storage.model.segment import Segment
from tests.unit.storage.rows import BASE_NS, segment
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
        await rows.drop([one.key for one in garbage], now_ns)


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
    batch: int = 2

    def __post_init__(self) -> None:
        self.rows, self.dues = SegmentRows(self.database), DueRows(self.database, batch=self.batch)
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


async def least_days(rows: SegmentRows, one: Segment) -> int:
    """The days a new row got: never more than it was recorded with."""
    row = await rows.get(one.key)
    assert row is not None
    assert row.days <= one.days
    return row.days
