"""Which pictures of the footage are in a film, and when they are shown."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tap.reassembly import Gap
from tests.support.pictures import STREAM
from tests.unit.storage.packages import (
    exported,
    manifest_of,
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


async def test_a_gap_is_a_jump_of_the_film_s_time(tmp_path: Path) -> None:
    pictures = units(250)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*pictures[:50], Gap(STREAM, 100), *pictures[150:]])
        films = videos_of(await exported(shop))
    assert len(films) == 1
    whole = [number / 25 for number in (*range(50), *range(150, 250))]
    assert pictures_in(films[0]) == pytest.approx(whole, abs=0.001)


async def test_another_set_up_of_the_decoder_begins_another_film(tmp_path: Path) -> None:
    second_ns = 1_000_000_000
    small = units(50, width=320, height=240)
    large = units(50, width=64, height=48, start_ns=small[0].utc_ns + 2 * second_ns)
    async with workshop(tmp_path) as shop:
        await shop.record_all([*small, *[replace(unit, seq=unit.seq + 50) for unit in large]])
        films = videos_of(await exported(shop))
    assert [len(pictures_in(film)) for film in films] == [50, 50]


async def test_a_segment_that_is_broken_is_a_gap_with_its_cause(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        broken = shop.object_file(sorted(shop.objects())[1])
        broken.write_bytes(bytes(broken.stat().st_size))
        package = await exported(shop)
    cameras = manifest_of(package)["cameras"]
    assert isinstance(cameras, list)
    assert [gap["cause"] for gap in cameras[0]["gaps"]] == ["unreadable"]
    assert len(pictures_in(videos_of(package)[0])) == 150


@given(cuts=st.tuples(st.integers(0, 180), st.integers(1, 60)))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_film_has_the_very_bytes_of_every_picture_it_shows(
    tmp_path_factory: pytest.TempPathFactory, cuts: tuple[int, int]
) -> None:
    start_s, end_s = cuts[0] / 25, (cuts[0] + cuts[1]) / 25
    whole, part = asyncio.run(both(tmp_path_factory.mktemp("cut"), start_s, end_s))
    first_key = int(start_s) * 25
    assert part == whole[first_key : cuts[0] + cuts[1]]


async def both(folder: Path, start_s: float, end_s: float) -> tuple[list[bytes], list[bytes]]:
    """The coded pictures of a whole recording, and those of an export of a part of it."""
    async with workshop(folder) as shop:
        await shop.record_all(units(250, width=64, height=48))
        whole = videos_of(await exported(shop))[0]
        part = videos_of(await exported(shop, order(start_s, end_s, id="x-0002")))[0]
    return coded_in(whole), coded_in(part)


def coded_in(video: bytes) -> list[bytes]:
    """The bytes of every picture of a film, in the order of decoding."""
    with av.open(io.BytesIO(video), "r") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]
