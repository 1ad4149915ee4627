"""What a hold keeps is locked in the store itself, and unlocked before it is destroyed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage.index.holds import HoldRows
from storage.index.locks import LockRows
from storage.lifecycle.locks import LockKeeper
from storage.metrics import LockMetrics
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from storage.objects.locks import LockKind
from tests.support.memory_store import MemoryStore
from tests.unit.storage.held import ALL, DAY_S, overdue
from tests.unit.storage.workshop import Workshop, units, workshop


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(None)


@pytest.fixture
async def shop(tmp_path: Path, store: MemoryStore) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path, objects=store) as made:
        yield made


def locked(shop: Workshop) -> list[bool]:
    return [shop.places.store.locks.locked(key) for key in shop.objects()]


def anew(shop: Workshop) -> LockKeeper:
    """The keeper of a process that has just started."""
    return LockKeeper(
        LockRows(shop.database),
        HoldRows(shop.database),
        shop.places.store,
        shop.places.spool,
        shop.clock,
        LockMetrics(),
    )


async def test_each_object_that_a_hold_reaches_into_is_locked_and_no_other(shop: Workshop) -> None:
    await shop.record_all(units(500))
    found = sorted(await shop.rows.everything(), key=lambda one: one.start_ns)
    hold = replace(ALL, start_ns=found[1].end_ns - 1, end_ns=found[3].start_ns + 1)
    await shop.holds.put(hold)
    await shop.end.locks.once()
    assert locked(shop) == [number in (1, 2, 3) for number in range(len(found))]
    with pytest.raises(PermissionError):
        shop.places.store.remove(found[1].key)


async def test_what_is_recorded_later_in_the_range_of_a_hold_is_locked_too(shop: Workshop) -> None:
    await shop.holds.put(replace(ALL, end_ns=ALL.start_ns + 30 * DAY_NS))
    await shop.end.locks.once()
    await shop.record_all(units(250))
    await shop.clock.advance(61)
    await shop.end.locks.once()
    assert set(locked(shop)) == {True}


async def test_the_end_of_a_hold_unlocks_what_is_not_due_and_what_is_due_dies(shop: Workshop) -> None:
    await overdue(shop)
    await shop.holds.put(ALL)
    await shop.end.locks.once()
    assert (await shop.retention.run_once()).destroyed == 0
    assert set(locked(shop)) == {True}
    await shop.holds.remove(ALL.id)
    outcome = await shop.retention.run_once()
    assert (outcome.failed, outcome.destroyed > 0, shop.objects()) == (None, True, [])


async def test_what_is_not_due_is_unlocked_by_the_next_run(shop: Workshop) -> None:
    await shop.record_all(units(250))
    await shop.holds.put(ALL)
    await shop.end.locks.once()
    await shop.holds.remove(ALL.id)
    assert set(locked(shop)) == {True}
    await shop.retention.run_once()
    assert set(locked(shop)) == {False}


async def test_of_two_holds_the_last_one_unlocks(shop: Workshop) -> None:
    await overdue(shop)
    await shop.holds.put(ALL)
    await shop.holds.put(replace(ALL, id="h-2"))
    await shop.end.locks.once()
    await shop.holds.remove(ALL.id)
    await shop.retention.run_once()
    assert set(locked(shop)) == {True}


async def test_a_lock_that_the_index_lost_is_told_and_lifted_by_the_next_run(
    shop: Workshop, store: MemoryStore
) -> None:
    keys = await overdue(shop)
    store.locks.lock(keys[0])
    outcome = await shop.retention.run_once()
    assert outcome.failed is not None
    assert (shop.objects(), outcome.destroyed) == (keys[:1], len(keys) - 1)
    assert (await shop.rows.everything())[0].state is SegmentState.GARBAGE
    assert shop.retention.health() is not None
    assert (await shop.retention.run_once()).destroyed == 1
    assert (shop.objects(), shop.retention.health()) == ([], None)


async def test_a_lock_that_was_begun_before_a_crash_is_put_on_after_it(shop: Workshop) -> None:
    await shop.record_all(units(250))
    await shop.holds.put(ALL)
    await LockRows(shop.database).ask(shop.objects())
    await anew(shop).once()
    assert set(locked(shop)) == {True}


async def test_an_index_made_again_locks_what_is_held(shop: Workshop) -> None:
    await shop.record_all(units(250))
    await shop.holds.put(ALL)
    await shop.end.locks.once()
    rows = LockRows(shop.database)
    await rows.forget(shop.objects())
    await shop.rows.forget(shop.objects())
    await shop.reindex()
    await anew(shop).once()
    assert await rows.undone(10) == []
    await shop.clock.advance(32 * DAY_S)
    await shop.holds.remove(ALL.id)
    await shop.retention.run_once()
    assert shop.objects() == []


async def test_the_hold_of_an_export_locks_nothing(shop: Workshop) -> None:
    await shop.record_all(units(250))
    await shop.holds.put(replace(ALL, id="export:e-1"))
    await shop.end.locks.once()
    assert set(locked(shop)) == {False}


async def test_what_is_in_the_spool_still_is_locked_once_it_has_left(shop: Workshop) -> None:
    await shop.record_all(units(250))
    await shop.holds.put(ALL)
    left = shop.places.spool.path(shop.objects()[0])
    left.write_bytes(b"the same file by another name")
    await shop.end.locks.once()
    assert locked(shop)[0] is False
    left.unlink()
    await shop.clock.advance(61)
    await shop.end.locks.once()
    assert set(locked(shop)) == {True}


async def test_a_folder_locks_with_what_its_file_system_has(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.holds.put(ALL)
        await shop.end.locks.once()
        try:
            assert set(locked(shop)) == {True}
            if shop.places.store.locks.kind() is LockKind.IMMUTABLE:
                with pytest.raises(PermissionError):
                    shop.object_file(shop.objects()[0]).unlink()
            await shop.holds.remove(ALL.id)
            await shop.retention.run_once()
            assert shop.objects() == []
        finally:
            for key in shop.objects():
                shop.places.store.locks.unlock(key)
