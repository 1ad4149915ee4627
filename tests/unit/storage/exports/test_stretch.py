"""Which pictures of the footage are in an export."""

from pathlib import Path

import pytest

from shared.tap.reassembly import Gap
from tests.support.pictures import STREAM
from tests.unit.storage.packages import (
    exported,
    order,
    pictures_in,
    videos_of,
)
from tests.unit.storage.workshop import units, workshop


async def test_a_film_over_several_segments_plays_evenly(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        shown = pictures_in(videos_of(await exported(shop))[0])
    assert shown == pytest.approx([number / 25 for number in range(250)], abs=0.001)


async def test_a_film_starts_at_the_key_picture_at_or_before_and_ends_before_the_end(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250, gop=50))
        shown = pictures_in(videos_of(await exported(shop, order(5.1, 7.5)))[0])
    assert len(shown) == round((7.5 - 4) * 25)


async def test_each_stretch_is_a_film_of_its_own(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        films = videos_of(await exported(shop))
    assert [len(pictures_in(film)) for film in films] == [50, 100]
