"""Which pictures of the footage are in a film, and when they are shown."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evidence.film_seal import FilmIdentity
from shared.mediatime import ns_from_90k
from shared.spans import Span
from shared.tap.reassembly import Gap
from storage.exports.film import FilmSource, FilmWriter
from storage.exports.film_plan import plan_films
from storage.fmp4.reader import read_layout
from storage.model.segment import Footage
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import (
    exported,
    manifest_of,
    order,
    pictures_in,
    videos_of,
)
from tests.unit.storage.segments import reading, segment_bytes
from tests.unit.storage.workshop import seal_key, units, workshop

PICTURE_NS = 40_000_000
PARTS = [units(250, width=64, height=48)[at : at + 50] for at in range(0, 250, 50)]


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


async def test_a_segment_that_breaks_off_is_a_gap_with_its_cause(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        broken = shop.object_file(sorted(shop.objects())[1])
        data = bytearray(broken.read_bytes())
        at = data.index(b"trun", len(data) // 2)
        data[at : at + 4] = b"free"
        broken.write_bytes(data)
        package = await exported(shop)
    cameras = manifest_of(package)["cameras"]
    assert isinstance(cameras, list)
    assert [gap["cause"] for gap in cameras[0]["gaps"]] == ["unreadable"]


@given(st.integers(0, 230), st.integers(1, 60))
def test_a_film_has_the_very_bytes_of_every_picture_it_shows(first: int, count: int) -> None:
    start_ns, end_ns = (START_NS + number * PICTURE_NS for number in (first, first + count))
    segments = {f"k{number}": segment_bytes(part, 5) for number, part in enumerate(PARTS)}
    footage = [
        Footage(f"k{number}", STREAM, 1, part[0].utc_ns, part[-1].utc_ns + PICTURE_NS, "h264", "p", 30)
        for number, part in enumerate(PARTS)
        if part[0].utc_ns < end_ns and part[-1].utc_ns + PICTURE_NS > start_ns
    ]
    plans = list(
        plan_films(
            footage,
            Span(start_ns, end_ns),
            lambda one: read_layout(reading(segments[one.key]), len(segments[one.key])),
            lambda one: None,
        )
    )
    if not plans:
        assert first >= 250
        return
    film = io.BytesIO()
    identity = FilmIdentity("x", str(STREAM), "", "", "", START_NS, plans[0].start_ns, "")
    source = FilmSource(lambda key, at, size: segments[key][at : at + size], lambda size: None)
    with ThreadPoolExecutor(3) as pool:
        FilmWriter(seal_key(), source, pool).write(plans[0], "a.mp4", identity, film)
    whole = [picture for part in segments.values() for picture in coded_in(part)]
    first_key = first // 25 * 25
    assert coded_in(film.getvalue()) == whole[first_key : first + count]


def coded_in(video: bytes) -> list[bytes]:
    """The bytes of every picture of a film, in the order of decoding."""
    with av.open(io.BytesIO(video), "r", format="mp4") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@given(st.lists(st.integers(-3_000_000_000, 3_000_000_000), min_size=1, max_size=5))
def test_no_picture_is_lost_and_each_stands_at_its_time_wherever_its_clock_jumped(jumps: list[int]) -> None:
    segments, footage, at_ns = {}, [], START_NS
    for number, jump_ns in enumerate(jumps):
        at_ns = max(START_NS, at_ns + jump_ns)
        part = [replace(unit, utc_ns=at_ns + place * PICTURE_NS) for place, unit in enumerate(PARTS[0])]
        end_ns = at_ns + len(part) * PICTURE_NS
        segments[f"k{number}"] = segment_bytes(part, 5)
        footage.append(Footage(f"k{number}", STREAM, number, at_ns, end_ns, "h264", "p", 30))
        at_ns = end_ns
    footage.sort(key=lambda one: (one.start_ns, one.end_ns))
    plans = list(
        plan_films(
            footage,
            Span(START_NS, START_NS + 3_600_000_000_000),
            lambda one: read_layout(reading(segments[one.key]), len(segments[one.key])),
            lambda one: None,
        )
    )
    assert sum(plan.samples for plan in plans) == sum(len(PARTS[0]) for _ in jumps)
    for plan in plans:
        assert all(later > earlier for earlier, later in pairwise(plan.times90))
        for one in plan.segments:
            shown_ns = plan.start_ns + ns_from_90k(plan.times90[one.first])
            assert abs(shown_ns - one.footage.start_ns) <= 12_000
