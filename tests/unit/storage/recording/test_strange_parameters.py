"""What is recorded decodes: with several parameter sets, with sets that change, and without key pictures."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.codecs.h264 import annex_b, nal_type
from shared.codecs.parameter_sets import H264, ParameterSets
from shared.errors import BadInput
from shared.tickets import Action
from shared.units import AccessUnit
from storage.fmp4.avc import AvcDescription
from storage.fmp4.boxes import header_at
from storage.fmp4.fragment import MovieFragment, Sample, movie_fragment, read_movie_fragment
from storage.model.instants import text_from_ns
from tests.support.field_pictures import GOP as FIELD_GOP
from tests.support.field_pictures import fields
from tests.support.parameter_pictures import (
    GOP,
    picture_set,
    plain,
    refreshed,
    sets_of,
    two_encoders,
    units_of,
    without_sets,
)
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.packages import exported, manifest_of, order, pictures_in, videos_of
from tests.unit.storage.segments import buffer, layout_of
from tests.unit.storage.workshop import Workshop, workshop

SECOND_NS = 1_000_000_000


def two_picture_sets() -> list[AccessUnit]:
    """As a camera whose description names two picture sets and whose stream has none."""
    sets = sets_of(plain()[0]) + annex_b([picture_set(plain()[0], 1)])
    return units_of([without_sets(data) for data in plain()], sets)


async def files(shop: Workshop) -> list[Path]:
    return [shop.object_file(key) for key in shop.objects()]


def decoded(path: Path) -> int:
    """How many pictures a decoder that bears no error finds."""
    with av.open(str(path), "r", options={"err_detect": "explode"}) as container:
        return sum(1 for _ in container.decode(video=0))


def as_decoded(path: Path) -> list[bytes | None]:
    """The picture set that each slice of a segment has, as a decoder knows it by then."""
    layout, data = layout_of(path), path.read_bytes()
    assert isinstance(layout.description, AvcDescription)
    sets = ParameterSets(H264)
    for nal in (*layout.description.sps, *layout.description.pps):
        sets.learn(nal)
    found: list[bytes | None] = []
    for fragment in layout.fragments:
        at = fragment.data
        while at < fragment.end:
            size = int.from_bytes(data[at : at + 4], "big")
            _note(data[at + 4 : at + 4 + size], sets, found)
            at += 4 + size
    return found


def _note(nal: bytes, sets: ParameterSets, found: list[bytes | None]) -> None:
    if nal_type(nal) in H264.kinds:
        sets.learn(nal)
    elif nal_type(nal) in H264.slices:
        chain = sets.chain(H264.slice_set(nal, 0))
        found.append(None if chain is None else chain[-1])


async def test_a_segment_holds_both_picture_sets_and_all_of_it_decodes(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(two_picture_sets())
        (path,) = await files(shop)
        description = layout_of(path).description
        assert isinstance(description, AvcDescription)
        assert len(description.pps) == 2
        assert decoded(path) == 3 * GOP


async def test_segments_of_sets_that_take_turns_decode(tmp_path: Path) -> None:
    pictures = [data if place < 2 * GOP else without_sets(data) for place, data in enumerate(two_encoders())]
    async with workshop(tmp_path) as shop:
        await shop.record_all(units_of(pictures))
        assert sum(decoded(path) for path in await files(shop)) == 4 * GOP


async def test_a_picture_set_that_changes_in_the_middle_and_back_is_told_both_times(tmp_path: Path) -> None:
    first = plain()[0]
    original = picture_set(first, 0)
    other = original[:-1] + bytes((original[-1] ^ 0x40,))
    pictures = plain()[:GOP]
    pictures[2] = annex_b([other]) + pictures[2]
    pictures[4] = annex_b([original]) + pictures[4]
    async with workshop(tmp_path) as shop:
        await shop.record_all(units_of([*pictures, *plain()[GOP:]]))
        told = [one for path in await files(shop) for one in as_decoded(path)]
    assert told == [original, original, other, other, *[original] * (2 * GOP + 1)]


async def test_a_segment_cut_at_a_recovery_point_says_how_much_of_it_is_incomplete(tmp_path: Path) -> None:
    # Joined in the middle: every segment begins at a recovery point.
    units = units_of(refreshed(150)[2:])
    async with workshop(tmp_path) as shop:
        await shop.record_all(units)
        paths = await files(shop)
        rows = await shop.rows.everything()
        assert len(rows) > 1
        assert [row.incomplete for row in rows] == [GOP - 1] * len(rows)
        assert [layout_of(path).incomplete for path in paths] == [GOP - 1] * len(rows)
        await shop.rows.forget([row.key for row in rows])
        await shop.reindex()
        assert await shop.rows.everything() == rows
        # A decoder leaves out what is incomplete, and finds all else.
        samples = sum(len(fragment.moof.samples) for fragment in layout_of(paths[0]).fragments)
        assert decoded(paths[0]) == samples - GOP + 1


async def test_playback_begins_early_enough_for_the_picture_asked_to_be_whole(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units_of(refreshed(150)[2:]))
        answer = await shop.get(
            f"/recordings/{STREAM}/media",
            shop.token(Action.PLAYBACK, str(STREAM)),
            **{
                "from": text_from_ns(START_NS + 2 * SECOND_NS),
                "to": text_from_ns(START_NS + 3 * SECOND_NS),
            },
        )
    with av.open(buffer(answer.content), "r", format="mp4") as container:
        pictures = sum(1 for _ in container.decode(video=0))
    # Of the second asked for none is missing, although a decoder shows none that is incomplete.
    assert pictures >= 25


async def test_an_export_says_which_of_its_pictures_are_incomplete(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units_of(refreshed(150)[2:]))
        package = await exported(shop, order(0, 2))
        later = await exported(shop, order(1, 2, id="x-0002"))
    for made in (package, later):
        assert f'"incomplete_first_pictures": {GOP - 1}' in json.dumps(manifest_of(made)["files"])
    (video_bytes,) = videos_of(later)
    assert len(pictures_in(video_bytes)) >= 25


async def test_an_export_of_whole_pictures_says_nothing_of_the_kind(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(two_picture_sets())
        package = await exported(shop, order(0, 2))
    assert "incomplete" not in json.dumps(manifest_of(package)["files"])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 255)), min_size=1, max_size=30))
def test_recovery_points_are_read_back_from_a_fragment(drawn: list[tuple[bool, int]]) -> None:
    samples = tuple(Sample(3600, 10, key, 0, recovery if key else 0) for key, recovery in drawn)
    written = MovieFragment(1, 0, samples)
    data = movie_fragment(written)
    found = header_at(data, 0)
    assert found is not None
    assert read_movie_fragment(data, found) == written


@pytest.mark.parametrize("at", range(0, 48, 4))
def test_damaged_recovery_groups_are_bad_input_or_read(at: int) -> None:
    made = movie_fragment(MovieFragment(1, 0, (Sample(3600, 10, True, 0, 9), Sample(1, 1, False))))
    data = bytearray(made)
    data[data.index(b"sgpd") + 4 + at] ^= 0xFF
    found = header_at(made, 0)
    assert found is not None
    with suppress(BadInput):
        assert len(read_movie_fragment(bytes(data), found).samples) == 2


@pytest.mark.parametrize("apart90", [0, 3600])
async def test_fields_are_recorded_and_decode_to_frames(tmp_path: Path, apart90: int) -> None:
    units = [
        replace(unit, pts90=unit.pts90 - (3600 - apart90) * (unit.seq % 2))
        for unit in units_of(fields(2 * FIELD_GOP))
    ]
    async with workshop(tmp_path) as shop:
        await shop.record_all(units)
        (path,) = await files(shop)
        assert decoded(path) == 2 * FIELD_GOP
