"""The MP4 writer and reader, on real pictures and on arbitrary ones."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from storage.fmp4.boxes import header_at
from storage.fmp4.fragment import (
    MovieFragment,
    Sample,
    movie_fragment,
    ns_from_ntp,
    ntp_from_ns,
    read_movie_fragment,
)
from storage.fmp4.reader import read_layout
from tests.support.pictures import START_NS
from tests.support.programs import needs
from tests.unit.storage.cut import SEGMENT, decoded, ffmpeg_complaints
from tests.unit.storage.segments import reading


@needs("ffmpeg")
def test_ffmpeg_decodes_a_segment_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(SEGMENT)
    assert ffmpeg_complaints(path) == ""


def test_every_picture_of_a_segment_decodes_at_its_time() -> None:
    assert decoded(SEGMENT) == pytest.approx([number / 25 for number in range(30)])


def test_each_fragment_tells_its_utc() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert [fragment.utc_ns - START_NS for fragment in layout.fragments] == pytest.approx(
        [number * 200_000_000 for number in range(6)], abs=1
    )


samples = st.builds(
    Sample,
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.just(0) | st.integers(-(2**31), 2**31 - 1),
)
fragments = st.builds(
    MovieFragment,
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.lists(samples, min_size=1, max_size=30).map(tuple),
)


@given(fragments)
def test_a_moof_reads_as_written(fragment: MovieFragment) -> None:
    data = movie_fragment(fragment)
    found = header_at(data, 0)
    assert found is not None
    assert read_movie_fragment(data, found) == fragment


@given(fragments, st.data())
def test_a_moof_with_a_changed_byte_is_read_or_refused(fragment: MovieFragment, data: st.DataObject) -> None:
    written = bytearray(movie_fragment(fragment))
    written[data.draw(st.integers(8, len(written) - 1))] ^= data.draw(st.integers(1, 255))
    found = header_at(bytes(written), 0)
    assert found is not None
    with contextlib.suppress(BadInput):
        read_movie_fragment(bytes(written), found)


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_ntp_keeps_utc_to_the_nanosecond(utc_ns: int) -> None:
    assert abs(ns_from_ntp(ntp_from_ns(utc_ns)) - utc_ns) <= 1
