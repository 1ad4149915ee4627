"""The index is made again from the objects."""

from pathlib import Path
from typing import NoReturn

import pytest

from storage.index.segments import SegmentRows
from storage.index.walk import Walk
from storage.model.deadline import DAY_NS
from storage.model.segment import SegmentState
from storage.objects.folder import FolderStore
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.aging import days_pass, recorded
from tests.unit.storage.workshop import units, workshop


async def test_a_rebuilt_index_equals_the_lost_one(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=3)
        lost = await shop.rows.everything()
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        await shop.reindex()
        assert await shop.rows.everything() == lost


async def test_a_rebuilt_index_destroys_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop, days=3)
    for name in ("index.db", "index.db-wal", "index.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    async with workshop(tmp_path, nonce="bbbb") as shop:
        await shop.reindex()
        await days_pass(shop, 3.1)
        await shop.retention.run_once()
        assert shop.objects() == []


async def test_reindexing_forgets_rows_without_object(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        shop.places.store.remove(shop.objects()[0])
        done = await shop.reindex()
        assert (done.forgotten, len(await shop.rows.everything())) == (1, len(shop.objects()))


async def test_reindexing_never_has_more_than_a_batch_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = most_keys = 0

    async def counted(self: Walk, key: str, limit: int) -> list[tuple[str, SegmentState]]:
        nonlocal most
        found = await after(self, key, limit)
        most = max(most, len(found))
        return found

    def whole(_self: object) -> NoReturn:
        raise AssertionError("everything was asked for at once")

    def keys_counted(self: FolderStore, prefix: str = "", *, after: str = "", most: int = 1000) -> list[str]:
        nonlocal most_keys
        most_keys = max(most_keys, most)
        return keys_of(self, prefix, after=after, most=most)

    after, keys_of = Walk.after, FolderStore.keys
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(500), days=5)
        objects = shop.objects()
        await shop.dues.condemn(START_NS + 6 * DAY_NS)
        await shop.dues.revive(objects[:3], SegmentState.STORED)
        await shop.rows.forget(objects[:1])
        shop.places.store.remove(objects[1])
        monkeypatch.setattr("storage.lifecycle.reindex._BATCH", 2)
        monkeypatch.setattr(Walk, "after", counted)
        monkeypatch.setattr(SegmentRows, "everything", whole)
        monkeypatch.setattr(FolderStore, "keys", keys_counted)
        done = await shop.reindex()
        monkeypatch.undo()
        rows = {row.key: row.state for row in await shop.rows.everything()}
    left = [objects[0], *objects[2:]]
    assert (done.known, done.added, done.forgotten) == (len(objects) - 2, 1, 1)
    assert rows == dict.fromkeys(left, SegmentState.STORED)
    assert (most, most_keys) == (2, 2)


async def test_reindexing_leaves_alone_what_it_cannot_read(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        odd = tmp_path / "objects" / str(STREAM) / "odd.mp4"
        odd.write_bytes(b"not a film")
        done = await shop.reindex()
        assert (done.unreadable, odd.exists()) == (1, True)
