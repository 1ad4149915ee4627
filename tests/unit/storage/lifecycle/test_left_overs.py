"""What no row names dies when its footage must."""

import os
from pathlib import Path

import pytest

from shared.ids import StreamId
from storage.index.holds import Hold
from storage.model.deadline import MAX_DAYS
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.damage import HEADLESS, SEGMENT, left_in_spool, set_aside
from tests.unit.storage.rows import segment
from tests.unit.storage.workshop import Workshop, policy, units, workshop

DAY_S = 86_400.0


@pytest.mark.parametrize("number", [0, 3], ids=["set aside", "left in the spool"])
async def test_what_cannot_be_read_dies_when_its_footage_must(tmp_path: Path, number: int) -> None:
    async with workshop(tmp_path) as shop:
        await shop.policies.replace([policy(days=5)])
        for other in range(number + 1):
            await left_in_spool(shop, HEADLESS, other)
        await shop.clock.advance(4.9 * DAY_S)
        await shop.retention.run_once()
        alive = len(set_aside(shop)) + len(list(shop.places.spool.folder.glob("*.mp4")))
        await shop.clock.advance(0.2 * DAY_S)
        await shop.retention.run_once()
        left = [*set_aside(shop), *shop.places.spool.folder.glob("*.mp4")]
    assert (alive, left, shop.quarantine.health()) == (number + 1, [], None)


async def test_a_hold_keeps_what_cannot_be_read(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, HEADLESS)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS - 10, START_NS + 10, "PV 1"))
        await shop.clock.advance(40 * DAY_S)
        await shop.retention.run_once()
        assert set_aside(shop)


async def unreadable_object(shop: Workshop, name: str | None = None) -> str:
    """The key of an object whose head is damaged and that has no row, among two that are sound."""
    await shop.record_all(units(250), days=5)
    key = shop.objects()[0]
    path = shop.object_file(key)
    data = bytearray(path.read_bytes())
    data[data.index(b"moov")] ^= 0xFF
    path.write_bytes(data)
    if name is not None:
        key = name.format(folder=Path(key).parent)
        there = shop.object_file(key)
        there.parent.mkdir(exist_ok=True)
        path = path.rename(there)
    os.utime(path, ns=(START_NS, START_NS + 4 * 10**9))
    await shop.rows.forget([shop.objects()[0], key])
    await shop.reindex()
    return key


async def retained(shop: Workshop, days: float) -> list[str]:
    """The objects that are left when so many days more have passed."""
    await shop.clock.advance(days * DAY_S)
    await shop.scrub().names()
    assert (await shop.retention.run_once()).refused is None
    return shop.objects()


async def test_an_object_that_cannot_be_read_dies_when_its_footage_must(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = await unreadable_object(shop)
        assert key in await retained(shop, 4.9)
        assert await retained(shop, 0.2) == []


@pytest.mark.parametrize("name", ["{folder}/odd.mp4", "odd.mp4", "elsewhere/odd.mp4"])
async def test_an_object_that_nobody_can_name_dies_when_the_oldest_footage_must(
    tmp_path: Path, name: str
) -> None:
    async with workshop(tmp_path) as shop:
        key = await unreadable_object(shop, name)
        assert await retained(shop, MAX_DAYS - 0.1) == [key]
        assert await retained(shop, 0.2) == []


async def test_a_hold_keeps_an_object_that_cannot_be_read_until_it_ends(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = await unreadable_object(shop)
        await shop.holds.put(Hold("h-1", str(STREAM), START_NS - 10, START_NS + 10, "PV 1"))
        assert key in await retained(shop, 40)
        await shop.holds.remove("h-1")
        assert key not in await retained(shop, 0)


async def test_an_object_that_was_mended_since_the_scrub_saw_it_lives(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        key = await unreadable_object(shop)
        await shop.clock.advance(6 * DAY_S)
        await shop.scrub().names()
        shop.object_file(key).write_bytes(SEGMENT)
        await shop.retention.run_once()
        assert shop.objects() == [key]


async def test_a_file_that_is_being_written_is_no_left_over(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy(days=1)])
        await shop.record(units(50))
        await shop.clock.advance(2 * DAY_S)
        await shop.retention.run_once()
        assert list(shop.places.spool.folder.glob("*.mp4"))


async def test_a_condemned_segment_that_is_taken_back_is_due_again(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        one = segment(0, StreamId("59350", "other"), days=1)
        await shop.rows.add(one)
        due_ns = one.start_ns + 2 * 86_400 * 10**9
        await shop.dues.condemn(due_ns)
        await shop.dues.revive([one.key], one.state)
        assert (await shop.archive.backlog.overdue_ns(due_ns), await shop.rows.totals()) == (
            86_400 * 10**9,
            {"closed": (1, one.size)},
        )
