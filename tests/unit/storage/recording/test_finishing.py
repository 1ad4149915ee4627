"""From the spool to the store: what a crash between two steps left is finished without a loss."""

import shutil
from pathlib import Path

from storage.model.segment import SegmentState
from tests.unit.storage.workshop import Workshop, policy, units, workshop


async def stored(shop: Workshop) -> tuple[str, Path, bytes]:
    """One segment, and its file as a crash right behind `put` leaves it: in the spool, and in the store."""
    shop.recorder.apply([policy()])
    await shop.record(units(50))
    shop.recorder.apply([])
    await shop.settle()
    (path,) = shop.places.spool.folder.glob("*.mp4")
    shutil.copyfile(path, kept := path.with_suffix(".kept"))
    await shop.finish()
    (key,) = shop.objects()
    kept.rename(path)
    await shop.rows.forget([key])
    return key, path, path.read_bytes()


async def finished_again(shop: Workshop, key: str) -> bytes:
    shop.finisher.enqueue(key)
    await shop.finish()
    row = await shop.rows.get(key)
    assert row is not None
    assert row.state is SegmentState.STORED
    return shop.places.store.read(key, 0, 10_000_000)


async def test_a_segment_stored_before_a_crash_is_not_stored_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key, path, data = await stored(shop)
        inode = shop.object_file(key).stat().st_ino
        assert await finished_again(shop, key) == data
        assert (shop.object_file(key).stat().st_ino, path.exists()) == (inode, False)


async def test_an_object_of_other_bytes_gives_way_to_what_the_row_says(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key, path, data = await stored(shop)
        shop.object_file(key).write_bytes(data[:-1])
        assert await finished_again(shop, key) == data
        assert not path.exists()
