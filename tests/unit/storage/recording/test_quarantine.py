"""What cannot be read in the spool: kept, bounded, told, and dead when footage must be."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.storage.damage import FRAGMENTS, HEADLESS, SEGMENT, damaged, left_in_spool, set_aside
from tests.unit.storage.workshop import workshop


async def test_a_file_whose_head_is_damaged_is_set_aside_whole(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        path = await left_in_spool(shop, HEADLESS)
        assert (set_aside(shop), path.exists(), shop.objects()) == ([HEADLESS], False, [])


async def test_fragments_behind_a_damaged_one_are_set_aside_before_they_are_cut(tmp_path: Path) -> None:
    data = damaged(FRAGMENTS[1] + 5)
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, data)
        stored = shop.object_file(shop.objects()[0]).read_bytes()
        assert (set_aside(shop), stored) == ([data[FRAGMENTS[1] :]], data[: FRAGMENTS[1]])


async def test_a_file_damaged_right_behind_its_head_is_set_aside_whole(tmp_path: Path) -> None:
    data = damaged(FRAGMENTS[0] + 5)
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, data)
        assert (set_aside(shop), shop.objects()) == ([data], [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SEGMENT) - 1), st.integers(1, 255))
@example(SEGMENT.index(b"avcC") + 16, 5)
async def test_no_byte_of_a_damaged_file_is_lost(tmp_path: Path, at: int, change: int) -> None:
    data = bytearray(SEGMENT)
    data[at] ^= change
    async with workshop(tmp_path) as shop:
        await left_in_spool(shop, bytes(data))
        kept = b"".join(shop.object_file(key).read_bytes() for key in shop.objects())
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
