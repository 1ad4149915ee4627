"""What cannot be read in the spool: kept, bounded, told, and dead when footage must be."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.ids import StreamId
from storage.index.holds import Hold
from storage.lifecycle.scrub import Fault
from storage.model.deadline import MAX_DAYS
from storage.model.segment import capture_of_spool_name, object_key, spool_name
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.rows import segment
from tests.unit.storage.segments import segment_bytes
from tests.unit.storage.workshop import Workshop, policy, units, workshop

SEGMENT = segment_bytes(units(12, width=64, height=48), per_fragment=3)
FRAGMENTS = [at - 4 for at in range(len(SEGMENT)) if SEGMENT.startswith(b"prft", at)]
DAY_S = 86_400.0


async def left_in_spool(shop: Workshop, data: bytes, number: int = 0) -> Path:
    """A file of the spool, as a crash left it, brought to its end."""
    path = shop.places.spool.path(object_key(STREAM, START_NS + number * 10**9, 1, "aaaa"))
    path.write_bytes(data)
    os.utime(path, ns=(START_NS, START_NS))
    shop.finisher.find_left_over()
    await shop.finish()
    return path


def set_aside(shop: Workshop) -> list[bytes]:
    return [path.read_bytes() for path in shop.quarantine.files()]


def damaged(at: int) -> bytes:
    data = bytearray(SEGMENT)
    data[at] ^= 0xFF
    return bytes(data)


HEADLESS = damaged(SEGMENT.index(b"moov"))


async def test_a_file_whose_head_is_damaged_is_set_aside_whole(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        path = await left_in_spool(shop, HEADLESS)
        assert (set_aside(shop), path.exists(), shop.objects()) == ([HEADLESS], False, [])


async def test_fragments_behind_a_damaged_one_are_set_aside_before_they_are_cut(tmp_path: Path) -> None:
    data = damaged(FRAGMENTS[1] + 5)
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, data)
        stored = shop.places.store.path(shop.objects()[0]).read_bytes()
        assert (set_aside(shop), stored) == ([data[FRAGMENTS[1] :]], data[: FRAGMENTS[1]])


async def test_a_file_damaged_right_behind_its_head_is_set_aside_whole(tmp_path: Path) -> None:
    data = damaged(FRAGMENTS[0] + 5)
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, data)
        assert (set_aside(shop), shop.objects()) == ([data], [])


@pytest.mark.parametrize(
    "rest", [b"", bytes(5000), SEGMENT[: FRAGMENTS[0] // 2]], ids=["empty", "zeros", "head"]
)
async def test_what_never_held_a_picture_is_removed(tmp_path: Path, rest: bytes) -> None:
    async with workshop(tmp_path) as shop:
        path = await left_in_spool(shop, rest)
        assert (set_aside(shop), path.exists()) == ([], False)


@pytest.mark.parametrize("tail", [SEGMENT[FRAGMENTS[3] : -9], bytes(700)], ids=["torn", "zeros"])
async def test_a_torn_end_is_cut_and_not_set_aside(tmp_path: Path, tail: bytes) -> None:
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, SEGMENT[: FRAGMENTS[3]] + tail)
        assert (set_aside(shop), len(shop.objects())) == ([], 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SEGMENT) - 1), st.integers(1, 255))
@example(SEGMENT.index(b"avcC") + 16, 5)
async def test_no_byte_of_a_damaged_file_is_lost(tmp_path: Path, at: int, change: int) -> None:
    data = bytearray(SEGMENT)
    data[at] ^= change
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, bytes(data))
        kept = b"".join(shop.places.store.path(key).read_bytes() for key in shop.objects())
        found = (kept + b"".join(set_aside(shop))) == bytes(data)
        for key in shop.objects():
            shop.places.store.remove(key)
        await shop.rows.forget([one.key for one in await shop.rows.everything()])
        for path in shop.quarantine.files():
            path.unlink()
    # Where damage in the last fragment cannot be told from a tear, that fragment alone is cut.
    assert found or at >= FRAGMENTS[3]


async def test_what_does_not_fit_stays_in_the_spool(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        paths = [await left_in_spool(shop, HEADLESS, number) for number in range(4)]
        assert (len(set_aside(shop)), [path.exists() for path in paths]) == (3, [False] * 3 + [True])


async def test_what_is_set_aside_is_unhealthy_and_says_where(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, HEADLESS)
        assert "1 files of the spool cannot be read" in (shop.quarantine.health() or "")


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
    path = shop.places.store.path(key)
    data = bytearray(path.read_bytes())
    data[data.index(b"moov")] ^= 0xFF
    path.write_bytes(data)
    if name is not None:
        key = name.format(folder=Path(key).parent)
        there = shop.places.store.path(key)
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
        shop.places.store.path(key).write_bytes(SEGMENT)
        await shop.retention.run_once()
        assert shop.objects() == [key]


async def test_a_folder_named_like_an_object_is_none(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        (shop.places.store.root / "odd.mp4").mkdir()
        assert (await shop.scrub().names()).count(Fault.UNREADABLE) == 0


async def test_a_file_that_is_being_written_is_no_left_over(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy(days=1)])
        await shop.record(units(50))
        await shop.clock.advance(2 * DAY_S)
        await shop.retention.run_once()
        assert list(shop.places.spool.folder.glob("*.mp4"))


async def test_a_copy_that_a_crash_left_half_put_is_removed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        incoming = tmp_path / "objects/.incoming/0123"
        incoming.parent.mkdir()
        incoming.write_bytes(SEGMENT)
        shop.places.store.clear_incoming()
        assert not incoming.exists()


@given(st.integers(0, 4_000_000_000_000), st.integers(1, 10**9))
def test_a_name_in_the_spool_tells_stream_and_start(start_ms: int, run: int) -> None:
    key = object_key(STREAM, start_ms * 10**6, run, "aaaa")
    assert capture_of_spool_name(f"{spool_name(key)}.from-77") == (STREAM, start_ms * 10**6)


@given(st.text("0123456789~TZ.-camin", max_size=60))
def test_any_other_name_tells_nothing(name: str) -> None:
    assert capture_of_spool_name(name) is None


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
