"""A refusal stays until the index was made again from the files, whatever is recorded meanwhile."""

from pathlib import Path

from storage.lifecycle.allowance import Allowance
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from storage.objects.disk import RealDisk
from tests.support.pictures import START_NS
from tests.unit.storage.aging import days_pass, recorded
from tests.unit.storage.lost_index import bring_back, keep_index
from tests.unit.storage.workshop import Workshop, units, workshop

S_NS = 1_000_000_000


async def more(shop: Workshop, after_s: int) -> None:
    """Ten seconds of footage that begin so many seconds after the start."""
    await shop.record_all(units(250, start_ns=START_NS + after_s * S_NS), days=1)


async def older_index(folder: Path) -> list[str]:
    """A stopped storage with an index from before its last footage; all its objects."""
    async with workshop(folder) as shop:
        await more(shop, 0)
        await shop.retention.run_once()
    keep_index(folder, folder / "copy")
    async with workshop(folder, nonce="bbbb") as shop:
        await more(shop, 20)
        await shop.retention.run_once()
        objects = shop.objects()
    bring_back(folder, folder / "copy")
    return objects


async def test_an_older_index_refuses_although_new_footage_is_recorded(tmp_path: Path) -> None:
    objects = await older_index(tmp_path)
    async with workshop(tmp_path, nonce="cccc") as shop:
        await more(shop, 40)
        await shop.clock.advance(3 * 86_400)
        outcome = await shop.retention.run_once()
        assert (set(objects) <= set(shop.objects()), "older" in (outcome.refused or "")) == (True, True)


async def test_an_older_index_that_outgrew_the_lost_one_still_refuses(tmp_path: Path) -> None:
    await older_index(tmp_path)
    async with workshop(tmp_path, nonce="cccc") as shop:
        for at in range(40, 120, 20):
            await more(shop, at)
            assert (await shop.retention.run_once()).refused is not None


async def test_reindexing_lifts_the_refusal_of_an_older_index(tmp_path: Path) -> None:
    await older_index(tmp_path)
    async with workshop(tmp_path, nonce="cccc") as shop:
        await shop.retention.run_once()
        await shop.reindex()
        assert (await shop.retention.run_once()).refused is None


async def test_deleted_rows_refuse_until_reindexed_although_new_footage_is_recorded(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        await shop.rows.forget([(await shop.rows.everything())[-1].key])
        first = (await shop.retention.run_once()).refused
        await more(shop, 20)
        second = (await shop.retention.run_once()).refused
        await shop.reindex()
        third = (await shop.retention.run_once()).refused
    assert (first is None, second is None, third) == (False, False, None)


async def test_a_refusal_outlives_a_restart(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        await shop.rows.forget([(await shop.rows.everything())[-1].key])
        await shop.retention.run_once()
        await more(shop, 20)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        assert "older than the recordings" in ((await shop.retention.run_once()).refused or "")


async def test_a_stored_segment_whose_object_is_lost_is_stored_again_from_the_spool(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        key = shop.objects()[0]
        path = shop.places.spool.path(key)
        path.write_bytes(shop.object_file(key).read_bytes())
        shop.places.store.remove(key)
        await shop.finisher.finish(key)
        assert (key in shop.objects(), path.exists()) == (True, False)


async def test_only_what_was_there_is_said_to_be_destroyed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await more(shop, 0)
        shop.places.store.remove(shop.objects()[0])
        count = len(shop.objects())
        await shop.clock.advance(2 * DAY_NS // S_NS)
        outcome = await shop.retention.run_once()
    assert (outcome.destroyed, outcome.missing) == (count, 1)


class UnpluggedDisk(RealDisk):
    """A disk that is unplugged once it has made a removal last, where that is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.armed = False

    def sync(self, path: Path) -> None:
        super().sync(path)
        if self.armed and (self.folder / "objects/59350") in path.parents:
            self.armed = False
            (self.folder / "objects").rename(self.folder / "unplugged")
            (self.folder / "objects").mkdir()


async def test_a_disk_unplugged_during_a_run_loses_no_more_rows_than_the_batch(
    tmp_path: Path,
) -> None:
    disk = UnpluggedDisk(tmp_path)
    async with workshop(tmp_path, disk=disk, allowance=Allowance(batch=1)) as shop:
        await more(shop, 0)
        rows = len(await shop.rows.everything())
        await shop.clock.advance(2 * DAY_NS // S_NS)
        disk.armed = True
        outcome = await shop.retention.run_once()
        left = await shop.rows.everything()
    assert (len(left), "is its disk mounted" in (outcome.refused or "")) == (rows - 1, True)
    assert {row.state for row in left} == {SegmentState.GARBAGE}


async def test_an_empty_index_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        await shop.rows.forget([row.key for row in await shop.rows.everything()])
        outcome = await shop.retention.run_once()
    assert "index is empty" in (outcome.refused or "")


async def test_a_new_index_beside_old_recordings_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        outcome = await shop.retention.run_once()
    assert "index is new" in (outcome.refused or "")


async def test_an_index_taken_away_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        (tmp_path / "index.db").rename(tmp_path / "elsewhere.db")
        outcome = await shop.retention.run_once()
    assert outcome.refused == "the file of the index is gone"


async def test_an_index_older_than_the_recordings_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        newest = (await shop.rows.everything())[-1]
        await shop.rows.forget([newest.key])
        await days_pass(shop, 5)
        outcome = await shop.retention.run_once()
        assert "older than the recordings" in (outcome.refused or "")


async def test_an_unmounted_store_refuses_to_destroy(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=1)
        (tmp_path / "objects").rename(tmp_path / "unplugged")
        (tmp_path / "objects").mkdir()
        await days_pass(shop, 5)
        outcome = await shop.retention.run_once()
    assert "is its disk mounted" in (outcome.refused or "")


async def test_two_starts_keep_one_bond(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        await shop.bond.establish()
        assert await shop.bond.reason_to_refuse() is None
