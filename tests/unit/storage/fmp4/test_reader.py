"""A segment file is read as far as it is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from storage.fmp4.reader import read_layout
from tests.unit.storage.cut import SEGMENT
from tests.unit.storage.segments import reading


def test_a_torn_segment_gives_its_whole_fragments_at_every_byte() -> None:
    whole = read_layout(reading(SEGMENT), len(SEGMENT)).fragments
    last = whole[-1]
    for size in range(last.offset, last.end):
        assert read_layout(reading(SEGMENT[:size]), size).fragments == whole[:-1]


@given(st.binary(min_size=1, max_size=200))
def test_foreign_bytes_behind_the_last_fragment_are_left_out(tail: bytes) -> None:
    data = SEGMENT + tail
    assert read_layout(reading(data), len(data)).end == len(SEGMENT)


@given(st.integers(0, 500))
def test_a_file_cut_in_its_head_is_refused(size: int) -> None:
    with pytest.raises(BadInput):
        read_layout(reading(SEGMENT[:size]), size)
