"""While the object store is away segments wait in the spool: bounded, the oldest not held first to go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.reasons import Reason
from shared.tickets import Action
from storage.index.holds import Hold, HoldRows
from storage.model.instants import text_from_ns
from storage.model.segment import Segment, SegmentState
from storage.objects.store import StoreAway
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.away import AwayStore, spool_keeper
from tests.unit.storage.held import ALL, DAY_S, ordered, overdue
from tests.unit.storage.packages import exported
from tests.unit.storage.workshop import Workshop, units, workshop

MANY = 1 << 30


@pytest.fixture
def store() -> AwayStore:
    return AwayStore()


@pytest.fixture
async def shop(tmp_path: Path, store: AwayStore) -> AsyncIterator[Workshop]:
    async with workshop(tmp_path, objects=store) as made:
        yield made


async def record_while_away(shop: Workshop, store: AwayStore, days: int = 30) -> list[Segment]:
    """Some segments that the store does not take."""
    store.down = True
    await shop.record_all(units(500), days=days)
    for _ in range(10):
        await shop.finisher.run_once()
    found = sorted(await shop.rows.everything(), key=lambda one: one.start_ns)
    assert len(found) >= 4
    assert {one.state for one in found} == {SegmentState.CLOSED}
    return found


def spooled(shop: Workshop) -> list[str]:
    return sorted(path.name for path in (shop.folder / "spool").glob("*.mp4"))


async def states(shop: Workshop) -> list[SegmentState]:
    return [one.state for one in sorted(await shop.rows.everything(), key=lambda one: one.start_ns)]


async def test_what_waits_is_told_played_and_stored_once_the_store_is_back(
    shop: Workshop, store: AwayStore
) -> None:
    found = await record_while_away(shop, store)
    keeper = spool_keeper(shop, limit_bytes=MANY)
    await keeper.once()
    told = await keeper.reason_to_refuse()
    assert told is not None
    assert (told.code, dict(told.params)["waiting"]) == ("store-away", len(found))
    assert keeper.health() == told.text
    assert shop.catalogue.layout_now(found[0].key).fragments
    store.down = False
    await shop.finish()
    await keeper.once()
    assert shop.objects() == [one.key for one in found]
    assert (spooled(shop), keeper.health(), await keeper.reason_to_refuse()) == ([], None, None)


async def test_what_is_in_a_store_that_is_away_is_said_to_be_so(shop: Workshop, store: AwayStore) -> None:
    await shop.record_all(units(250))
    store.down = True
    begin = text_from_ns(START_NS)
    token = shop.token(Action.PLAYBACK, str(STREAM))
    answer = await shop.get(f"/recordings/{STREAM}/media", token, **{"from": begin})
    assert (answer.status_code, answer.json()["why"]["code"]) == (503, "store-unreadable")


async def test_silence_is_not_taken_for_an_object_that_nobody_can_read(
    shop: Workshop, store: AwayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.record_all(units(250))
    await shop.rows.forget(shop.objects()[-1:])

    def silent(*_: object, **__: object) -> bytes:
        raise StoreAway(110, "the object store does not answer in time")

    with monkeypatch.context() as away:
        away.setattr(store, "read", silent)
        told = await shop.bond.reason_to_refuse()
        assert (isinstance(told, Reason), getattr(told, "code", "")) == (True, "store-unreadable")
        with pytest.raises(Unavailable):
            await shop.scrub().names()
        with pytest.raises(Unavailable):
            await shop.scrub().bytes()
    told = await shop.bond.reason_to_refuse()
    assert getattr(told, "code", "") == "index-incomplete"


async def test_beyond_the_bound_the_oldest_go_first_and_it_is_told(shop: Workshop, store: AwayStore) -> None:
    found = await record_while_away(shop, store)
    keeper = spool_keeper(shop, limit_bytes=sum(one.size for one in found[2:]))
    await keeper.once()
    gone = [SegmentState.GARBAGE] * 2
    assert await states(shop) == [*gone, *[SegmentState.CLOSED] * (len(found) - 2)]
    assert len(spooled(shop)) == len(found) - 2
    told = await keeper.reason_to_refuse()
    assert told is not None
    assert (told.code, dict(told.params)["given_up"]) == ("spool-overrun", 2)
    store.down = False
    await shop.finish()
    await keeper.once()
    assert keeper.health() == told.text.replace(f"{len(found) - 2} wait", "0 wait")
    assert await keeper.reason_to_refuse() is None  # what is due in the store is destroyed again
    await shop.retention.run_once()
    assert sorted(shop.objects()) == sorted(one.key for one in found[2:])
    assert await states(shop) == [SegmentState.STORED] * (len(found) - 2)
    await shop.clock.advance(3601)
    await keeper.once()
    assert keeper.health() is None


async def test_a_disk_short_of_room_is_given_it_by_the_oldest_while_the_store_is_away(
    shop: Workshop, store: AwayStore
) -> None:
    found = await record_while_away(shop, store)
    least = sum(path.stat().st_size for path in (shop.folder / "spool").glob("*.mp4")) - found[0].size - 1

    def short() -> int:
        return max(0, sum(path.stat().st_size for path in (shop.folder / "spool").glob("*.mp4")) - least)

    keeper = spool_keeper(shop, limit_bytes=MANY, short_bytes=short)
    await keeper.once()
    assert [state is SegmentState.GARBAGE for state in await states(shop)] == [
        number < 2 for number in range(len(found))
    ]
    store.down = False
    await shop.finish()
    await spool_keeper(shop, limit_bytes=MANY, short_bytes=lambda: MANY).once()
    assert SegmentState.STORED in await states(shop)


async def test_what_is_held_is_not_given_up_and_a_spool_full_of_it_is_told(
    shop: Workshop, store: AwayStore
) -> None:
    found = await record_while_away(shop, store)
    await HoldRows(shop.database).put(
        Hold("h-1", str(STREAM), found[0].start_ns, found[1].end_ns - 1, "PV 1")
    )
    keeper = spool_keeper(shop, limit_bytes=0)
    await keeper.once()
    assert await states(shop) == [
        *[SegmentState.CLOSED] * 2,
        *[SegmentState.GARBAGE] * (len(found) - 2),
    ]
    told = keeper.health()
    assert told is not None
    assert "held recordings" in told


async def test_a_hold_placed_while_the_store_is_away_keeps_what_waits(
    shop: Workshop, store: AwayStore
) -> None:
    found = await record_while_away(shop, store)
    with pytest.raises(Unavailable):
        await shop.holds.put(ALL)
    await spool_keeper(shop, limit_bytes=0).once()
    assert set(await states(shop)) == {SegmentState.CLOSED}
    store.down = False
    assert await shop.holds.reason_to_refuse() is None
    assert len(store.kept.notes.names(".holds")) == 1
    assert len(found) == len(spooled(shop))


async def test_a_hold_is_refused_in_words_where_the_store_goes_away_in_its_midst(
    shop: Workshop, store: AwayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await overdue(shop)
    await shop.dues.condemn(shop.clock.utc_ns())

    def silent(_key: str) -> None:
        raise StoreAway(110, "the object store does not answer in time")

    with monkeypatch.context() as away:
        away.setattr(store, "find", silent)
        with pytest.raises(Unavailable, match="cannot be read"):
            await shop.holds.put(ALL)
    await shop.holds.put(ALL)
    await shop.retention.run_once()
    assert set(await states(shop)) == {SegmentState.STORED}


async def test_what_waits_dies_on_its_day_while_the_store_is_away(shop: Workshop, store: AwayStore) -> None:
    assert await shop.end.reconciliation.reason_to_refuse() is None
    await record_while_away(shop, store, days=1)
    keeper = spool_keeper(shop, limit_bytes=MANY)
    await shop.clock.advance(0.9 * DAY_S)
    await keeper.once()
    assert SegmentState.GARBAGE not in await states(shop)
    await shop.clock.advance(0.2 * DAY_S)
    await keeper.once()
    assert (spooled(shop), set(await states(shop))) == ([], {SegmentState.GARBAGE})


async def test_packages_die_with_their_footage_while_the_store_is_away(
    shop: Workshop, store: AwayStore
) -> None:
    await shop.record_all(units(250), days=1)
    package = await exported(shop)
    store.down = True
    await shop.record_all(units(100, start_ns=START_NS + 60 * 10**9), days=1)
    await shop.finisher.run_once()
    keeper = spool_keeper(shop, limit_bytes=MANY)
    await keeper.once()
    assert package.exists()
    await shop.clock.advance(1.1 * DAY_S)
    await keeper.once()
    assert not package.exists()


async def test_a_hold_that_only_control_room_knows_keeps_what_is_due_in_the_spool(
    shop: Workshop, store: AwayStore
) -> None:
    await record_while_away(shop, store, days=1)
    await shop.clock.advance(2 * DAY_S)
    shop.control.active["h-9"] = ordered("h-9")
    await spool_keeper(shop, limit_bytes=MANY).once()
    assert set(await states(shop)) == {SegmentState.CLOSED}


async def test_nothing_is_destroyed_in_the_spool_by_a_disputed_clock(
    shop: Workshop, store: AwayStore
) -> None:
    found = await record_while_away(shop, store, days=1)
    shop.clock.step_utc(int(2 * DAY_S * 1e9))
    await spool_keeper(shop, limit_bytes=MANY).once()
    assert len(spooled(shop)) == len(found)


async def test_what_waits_is_found_again_and_bounded_after_a_restart(
    tmp_path: Path, store: AwayStore
) -> None:
    async with workshop(tmp_path, objects=store) as before:
        found = await record_while_away(before, store)
    async with workshop(tmp_path, objects=store, nonce="bbbb", opened=False) as after:
        after.finisher.find_left_over()
        for _ in range(10):
            await after.finisher.run_once()
        await spool_keeper(after, limit_bytes=found[-1].size).once()
        assert spooled(after) == [after.places.spool.path(found[-1].key).name]


async def test_after_a_restart_what_waits_dies_on_its_day_by_the_time_that_is_kept_here(
    tmp_path: Path, store: AwayStore
) -> None:
    async with workshop(tmp_path, objects=store) as before:
        await record_while_away(before, store, days=1)
        await before.clock.advance(0.9 * DAY_S)
        assert await before.end.keeper.reason_to_refuse() is None
        now_ns, run_ns = before.clock.utc_ns(), before.clock.monotonic_ns()
    later_ns = int(0.2 * DAY_S * 1e9)
    async with workshop(
        tmp_path, objects=store, opened=False, utc_ns=now_ns + later_ns, booted_ns=run_ns + later_ns
    ) as after:
        after.finisher.find_left_over()
        await after.finisher.run_once()
        await spool_keeper(after, limit_bytes=MANY).once()
        assert (spooled(after), set(await states(after))) == ([], {SegmentState.GARBAGE})
