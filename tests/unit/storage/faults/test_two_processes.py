"""Two processes of one index: one stops at each step of destruction, the other leads, holds, destroys."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.clock import SimulatedClock
from storage.index.holds import Hold
from storage.index.leases import LEADER, Changes, LeaseRows, RemovalRows
from storage.index.tables import entries
from storage.lifecycle.allowance import USUAL
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.refusals import Grounds
from storage.lifecycle.retention import Retention
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.model.deadline import DAY_NS
from storage.model.segment import Segment, SegmentState
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.recording.spool import Spool
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import units, workshop

_SEGMENTS, _PICTURES = 5, 400
_LIFE, _RETENTION = LifeMetrics(), RetentionMetrics()


class HandRemoval:
    """Claims as a leader of one term does; the test says whether it is sure."""

    def __init__(self, rows: RemovalRows, name: str, term: int) -> None:
        self.rows, self.name, self.term, self.sure = rows, name, term, True

    async def claim(self, limit: int) -> Sequence[Segment]:
        return await self.rows.claim(limit, self.name, self.term)

    async def let_go(self) -> None:
        await self.rows.let_go(self.name, self.term)

    def is_sure(self) -> bool:
        return self.sure


class Struck(FolderStore):
    """Stops once, right before or behind the removal of an object, and lets the test go on elsewhere."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, RealDisk())
        self.steps = 0
        self.at = -1
        self.meanwhile: Callable[[], None] = lambda: None

    def remove(self, key: str) -> bool:
        self._step()
        there = super().remove(key)
        self._step()
        return there

    def _step(self) -> None:
        if self.steps == self.at:
            self.meanwhile()
        self.steps += 1


@dataclass
class Process:
    """One of the two: with an index, a store and a turn of its own."""

    archive: Archive
    store: Struck
    removal: HandRemoval
    retention: Retention


@asynccontextmanager
async def process(folder: Path, name: str, term: int, clock: SimulatedClock) -> AsyncIterator[Process]:
    store = Struck(folder / "objects")
    spool = Spool(folder / "spool", RealDisk(), [], clock)
    archive = await open_archive(f"sqlite+aiosqlite:///{folder / 'index.db'}", store, spool, name)
    removal = HandRemoval(RemovalRows(archive.database), name, term)
    retention = Retention(
        archive.rows,
        archive.dues,
        archive.backlog,
        archive.places,
        Grounds([]),
        archive.turn,
        clock,
        _RETENTION,
        _LIFE,
        allowance=replace(USUAL, batch=2),
        removal=removal,
    )
    yield Process(archive, store, removal, retention)
    await archive.database.close()


async def _leads(one: Process) -> None:
    rows = LeaseRows(one.archive.database)
    await rows.renew(one.removal.name, "run", None, lambda _: Changes(take=(LEADER,)))


async def _recorded(folder: Path) -> None:
    """Whole segments in the store, each to be kept for a day."""
    async with workshop(folder) as shop:
        await shop.record_all(units(_PICTURES), days=1)
        assert len(shop.objects()) == _SEGMENTS


async def _there(one: Process) -> dict[str, bool]:
    """Every living segment, and whether its object is there."""
    rows = await one.archive.rows.everything()
    return {
        row.key: one.store.find(row.key) is not None for row in rows if row.state is not SegmentState.GARBAGE
    }


async def _while_stopped(first: Process, meanwhile: Callable[[], Awaitable[None]], at: int) -> int:
    """Let the first one destroy, and stop it at a step; how many steps it took."""
    loop = asyncio.get_running_loop()
    first.store.at = at
    first.store.meanwhile = lambda: asyncio.run_coroutine_threadsafe(_awaited(meanwhile), loop).result(30)
    await first.retention.run_once()
    return first.store.steps


async def _awaited(work: Callable[[], Awaitable[None]]) -> None:
    await work()


@pytest.mark.parametrize("at", range(2 * _SEGMENTS))
async def test_what_the_other_takes_back_for_a_hold_is_never_removed_by_one_that_wakes(
    at: int, tmp_path: Path
) -> None:
    await _recorded(tmp_path)
    clock = SimulatedClock(START_NS + 3 * DAY_NS)
    async with process(tmp_path, "a", 1, clock) as first, process(tmp_path, "b", 2, clock) as second:
        await _leads(first)
        kept: dict[str, bool] = {}

        async def another_leads_and_holds() -> None:
            await _leads(second)
            first.removal.sure = False
            await second.archive.holds.put(
                Hold("h-1", str(STREAM), START_NS - DAY_NS, START_NS + DAY_NS, "PV 1")
            )
            kept.update(await _there(second))
            # What the first one had begun with is lost, no more than that.
            assert len(kept) >= _SEGMENTS - at // 2 - 2

        await _while_stopped(first, another_leads_and_holds, at)
        now = await _there(second)
        assert kept.keys() <= now.keys(), "taken back, and gone from the index"
        assert all(now.values()), f"taken back, and its object removed: {now}"
        await second.retention.run_once()
        assert all((await _there(second)).values())
        await second.archive.holds.remove("h-1")
        for _ in range(3):
            await second.retention.run_once()
        assert second.store.keys() == []
        assert await second.archive.rows.everything() == []
        ended = await _ends(second)
        assert ended == _SEGMENTS, "each end is entered once"


@pytest.mark.parametrize("at", [0, 3, 7])
async def test_two_who_both_believe_that_they_lead_destroy_each_segment_once(at: int, tmp_path: Path) -> None:
    await _recorded(tmp_path)
    clock = SimulatedClock(START_NS + 3 * DAY_NS)
    async with process(tmp_path, "a", 1, clock) as first, process(tmp_path, "b", 2, clock) as second:
        await _leads(first)

        async def another_destroys_too() -> None:
            await _leads(second)
            await second.retention.run_once()

        await _while_stopped(first, another_destroys_too, at)
        for _ in range(2):
            await first.retention.run_once()
            await second.retention.run_once()
        assert second.store.keys() == []
        assert await second.archive.rows.everything() == []
        assert await _ends(second) == _SEGMENTS


async def test_one_that_no_longer_leads_claims_and_removes_nothing(tmp_path: Path) -> None:
    await _recorded(tmp_path)
    clock = SimulatedClock(START_NS + 3 * DAY_NS)
    async with process(tmp_path, "a", 1, clock) as first, process(tmp_path, "b", 2, clock) as second:
        await _leads(first)
        await _leads(second)
        await first.retention.run_once()
        assert len(first.store.keys()) == _SEGMENTS


async def _ends(one: Process) -> int:
    """How many ends of segments the register has been told."""
    statement = select(func.count()).select_from(entries).where(entries.c.ended)
    async with one.archive.database.read() as connection:
        return int((await connection.execute(statement)).scalar_one())
