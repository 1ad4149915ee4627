"""Leases and claims in a real index, by two processes that each have it open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.leases import LEADER, NOBODY, Beat, Changes, Lease, LeaseRows, RemovalRows, Shared
from storage.index.segments import SegmentRows
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from tests.unit.storage.rows import BASE_NS, segment


@asynccontextmanager
async def opened_twice(folder: Path) -> AsyncIterator[tuple[Database, Database]]:
    url = f"sqlite+aiosqlite:///{folder / 'index.db'}"
    first = await Database.open(url)
    second = await Database.open(url)
    yield first, second
    await first.close()
    await second.close()


async def test_a_lease_is_taken_followed_and_let_go_and_each_beat_differs(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, second):
        a, b = LeaseRows(first), LeaseRows(second)
        found = await a.renew("a", "run-1", "well", lambda _: Changes(take=("x", "y")))
        assert found.leases == {"x": Lease("a", 1), "y": Lease("a", 1)}
        found = await b.renew("b", "run-2", None, lambda _: Changes(take=("x",)))
        assert (found.leases["x"], found.leases["y"]) == (Lease("b", 2), Lease("a", 1))
        assert found.beats == {"a": Beat("run-1", 1), "b": Beat("run-2", 1)}
        # What another holds is not let go.
        found = await a.renew("a", "run-1", None, lambda _: Changes(leave=("x", "y")))
        assert found.leases == {"x": Lease("b", 2)}
        assert found.beats["a"] == Beat("run-1", 2)
        assert await b.told(["a", "b"]) == ["well"]
        assert await a.look() == found


async def test_one_that_stops_in_good_order_leaves_its_leases_to_nobody(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, second):
        rows = LeaseRows(first)
        await rows.renew("a", "run-1", None, lambda _: Changes(take=("x",)))
        # One of before, that is still about to end, ends nothing.
        await LeaseRows(second).end("a", "run-0")
        assert (await rows.look()).leases == {"x": Lease("a", 1)}
        await rows.end("a", "run-1")
        assert await rows.look() == Shared({}, {"x": Lease(NOBODY, 2)})


async def test_of_two_who_take_the_same_at_once_one_has_it(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, second):
        a, b = LeaseRows(first), LeaseRows(second)

        def if_free(found: Shared) -> Changes:
            return Changes(take=("x",) if "x" not in found.leases else ())

        for _ in range(10):
            told = await asyncio.gather(
                a.renew("a", "run-1", None, if_free), b.renew("b", "run-2", None, if_free)
            )
            holders = {one.leases["x"] for one in told}
            assert len(holders) == 1
            await a.renew("a", "run-1", None, lambda _: Changes(leave=("x",)))
            await b.renew("b", "run-2", None, lambda _: Changes(leave=("x",)))


async def test_an_index_tells_itself_from_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with opened_twice(tmp_path) as (first, second), opened_twice(tmp_path / "other") as (other, _):
        family = await LeaseRows(first).family()
        assert family == await LeaseRows(second).family() != await LeaseRows(other).family()


async def test_what_two_processes_enter_at_once_is_counted_once(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, second):
        several = [segment(number) for number in range(30)]
        one, other = SegmentRows(first), SegmentRows(second)
        for at in range(0, 30, 3):
            await asyncio.gather(one.enter(several[at : at + 3]), other.enter(several[at : at + 3]))
        assert (await one.totals())[SegmentState.CLOSED][0] == len(await one.everything()) == 30


async def test_what_a_leader_is_about_to_remove_is_not_taken_back_until_it_lets_go(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, second):
        rows, dues, other = SegmentRows(first), DueRows(first), DueRows(second)
        leads, removals = LeaseRows(first), RemovalRows(first)
        several = [segment(number, days=1) for number in range(4)]
        await rows.enter(several)
        await dues.condemn(BASE_NS + 2 * DAY_NS)
        keys = [one.key for one in several]
        await leads.renew("a", "run-1", None, lambda _: Changes(take=(LEADER,)))
        assert await removals.claim(3, "b", 1) == []
        assert await removals.claim(3, "a", 2) == []
        assert [one.key for one in await removals.claim(3, "a", 1)] == keys[:3]
        await other.revive(keys, SegmentState.STORED)
        assert [one.state for one in await rows.everything()] == ["garbage"] * 3 + ["stored"]
        # Another leads: what the one before lets go of is none of its business any more.
        await LeaseRows(second).renew("b", "run-2", None, lambda _: Changes(take=(LEADER,)))
        await removals.let_go("a", 1)
        await other.revive(keys, SegmentState.STORED)
        assert (await rows.totals())[SegmentState.GARBAGE][0] == 3
        assert await RemovalRows(second).claim(1, "b", 2) == [(await rows.everything())[0]]
        await RemovalRows(second).let_go("b", 2, all_terms=True)
        await other.revive(keys, SegmentState.STORED)
        assert SegmentState.GARBAGE not in await rows.totals()


async def test_one_alone_forgets_what_several_were_about_to_remove(tmp_path: Path) -> None:
    async with opened_twice(tmp_path) as (first, _):
        rows, removals = SegmentRows(first), RemovalRows(first)
        await removals.forget()
        await rows.enter([segment(0, days=1)])
        await DueRows(first).condemn(BASE_NS + 2 * DAY_NS)
        await LeaseRows(first).renew("a", "run-1", None, lambda _: Changes(take=(LEADER,)))
        await removals.claim(1, "a", 1)
        await removals.forget()
        await DueRows(first).revive([segment(0).key], SegmentState.STORED)
        assert [one.state for one in await rows.everything()] == ["stored"]
