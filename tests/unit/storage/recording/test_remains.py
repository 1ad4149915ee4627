"""Whether an unreadable file of the spool ever held a picture."""

from pathlib import Path

import pytest

from tests.unit.storage.damage import FRAGMENTS, SEGMENT, left_in_spool, set_aside
from tests.unit.storage.workshop import workshop


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
