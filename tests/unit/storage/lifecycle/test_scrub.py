"""What is stored is looked at again for ever: names and bytes."""

import asyncio
from pathlib import Path

from storage.lifecycle.scrub import Fault
from tests.unit.storage.workshop import Workshop, units, workshop


async def recorded(shop: Workshop) -> list[str]:
    await shop.record_all(units(250))
    return shop.objects()


async def test_a_whole_store_has_no_fault(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        scrub = shop.scrub()
        found, damaged = await scrub.names(), await scrub.bytes()
    assert ([found.count(fault) for fault in Fault], damaged, scrub.health()) == ([0, 0, 0, 0], [], None)


async def test_an_object_without_a_row_is_found_and_refuses_until_reindexed(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        await shop.rows.forget([objects[0]])
        unseen = (await shop.retention.run_once()).refused
        scrub = shop.scrub()
        found = await scrub.names()
        refused = (await shop.retention.run_once()).refused
        await shop.reindex()
        again = (await shop.retention.run_once()).refused
    assert (unseen, list(found.keys[Fault.UNLISTED]), again) == (None, [objects[0]], None)
    assert f"does not know the recording {objects[0]}" in (refused or "")


async def test_a_file_that_is_no_recording_is_told_and_refuses_nothing(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        odd = shop.object_file(objects[0]).with_name("odd.mp4")
        odd.write_bytes(b"not a film")
        scrub = shop.scrub()
        await scrub.names()
        assert (await shop.retention.run_once()).refused is None
        assert (scrub.health() or "").startswith("1 files among the objects that are no recording, first ")


async def test_a_row_without_an_object_is_found_and_forgotten_on_request(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        shop.places.store.remove(objects[1])
        found = await shop.scrub().names()
        await shop.reindex()
        after = await shop.scrub().names()
    assert (list(found.keys[Fault.MISSING]), after.count(Fault.MISSING)) == ([objects[1]], 0)


async def test_changed_bytes_are_found_and_told_by_the_next_process_too(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        path = shop.object_file(objects[0])
        data = bytearray(path.read_bytes())
        data[-10] ^= 1
        path.write_bytes(bytes(data))
        assert await shop.scrub().bytes() == [objects[0]]
        later = shop.scrub()
        running = asyncio.create_task(later.run_bytes())
        await shop.clock.advance(0.5)
        for _ in range(200):
            await asyncio.sleep(0.01)
            if later.health():
                break
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert later.health() == f"1 recordings whose bytes have changed, first {objects[0]}"


async def test_a_lap_over_bytes_goes_on_where_the_last_process_was(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        await shop.archive.marks.set("scrub-cursor", objects[0])
        path = shop.object_file(objects[0])
        path.write_bytes(path.read_bytes()[:-1])
        scrub = shop.scrub()
        assert (await scrub.bytes(), await scrub.bytes()) == ([], [objects[0]])


async def test_bytes_are_read_no_faster_than_was_set(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        size = sum(shop.object_file(key).stat().st_size for key in objects)
        lap = asyncio.create_task(shop.scrub(bytes_per_s=size // 10).bytes())
        took_s = 0
        while not lap.done():
            await shop.clock.advance(1)
            await asyncio.sleep(0.005)
            took_s += 1
    assert took_s >= 10


async def test_an_object_destroyed_while_it_is_looked_for_is_no_fault(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        objects = await recorded(shop)
        scrub = shop.scrub()
        keys_of = shop.places.store.keys

        def listed_then_destroyed(prefix: str = "", *, after: str = "", most: int = 1000) -> list[str]:
            keys = keys_of(prefix, after=after, most=most)
            shop.places.store.remove(objects[0])
            return keys

        await shop.rows.forget([objects[0]])
        shop.places.store.keys = listed_then_destroyed  # type: ignore[method-assign]  # the race, made certain
        found = await scrub.names()
    assert found.count(Fault.UNLISTED) == 0


async def test_an_unmounted_store_is_not_taken_for_one_whose_objects_are_gone(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await recorded(shop)
        (tmp_path / "objects").rename(tmp_path / "unplugged")
        (tmp_path / "objects").mkdir()
        assert (await shop.scrub().names()).count(Fault.MISSING) == 0


async def test_a_folder_named_like_an_object_is_none(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        ((shop.folder / "objects") / "odd.mp4").mkdir()
        assert (await shop.scrub().names()).count(Fault.UNREADABLE) == 0
