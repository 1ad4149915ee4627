"""H.264 in MP4: parameter sets in the head, pictures in samples."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.h264 import annex_b, nal_units
from shared.errors import BadInput
from storage.fmp4.avc import AvcDescription
from storage.fmp4.nal_description import length_prefixed
from storage.fmp4.reader import read_layout
from tests.unit.storage.cut import PICTURES, SEGMENT
from tests.unit.storage.segments import PARAMETER_KINDS, reading


def test_a_segment_tells_its_parameter_sets() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    assert layout.description == AvcDescription.of_unit(PICTURES[0].data)


def test_samples_hold_every_nal_unit_but_known_parameter_sets() -> None:
    unit = PICTURES[0]
    known = AvcDescription.of_unit(unit.data).nals
    kept = [bytes(part) for part in length_prefixed(unit.data, known)[1::2]]
    assert kept == [bytes(nal) for nal in nal_units(unit.data) if bytes(nal) not in known]


def test_an_unknown_parameter_set_stays_in_its_sample() -> None:
    sets = AvcDescription.of_unit(PICTURES[0].data)
    other = bytes((0x68, 1, 2, 3))
    parts = length_prefixed(annex_b([*sets.pps, other, b"\x65abc"]), sets.nals)
    assert [bytes(part) for part in parts[1::2]] == [other, b"\x65abc"]


def test_a_unit_without_parameter_sets_starts_no_file() -> None:
    with pytest.raises(BadInput, match="without parameter sets"):
        AvcDescription.of_unit(annex_b([b"\x65abc"]))


parameter_nals = st.binary(min_size=3, max_size=30).map(lambda body: b"\x67" + body)


@given(st.lists(parameter_nals, min_size=1, max_size=5), st.lists(parameter_nals, min_size=1, max_size=5))
def test_avcc_gives_back_the_parameter_sets(sps: list[bytes], pps: list[bytes]) -> None:
    # A baseline profile number: higher ones need a real picture format behind it.
    sets = AvcDescription(tuple(b"\x67\x42" + nal for nal in sps), tuple(pps))
    assert AvcDescription.from_avcc(sets.configuration()) == sets


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_parameter_sets_or_bad_input(payload: bytes) -> None:
    with contextlib.suppress(BadInput):
        AvcDescription.from_avcc(b"\x01\x42\x00\x1f\xff" + payload)


def test_no_sample_of_a_segment_starts_with_a_known_parameter_set() -> None:
    layout = read_layout(reading(SEGMENT), len(SEGMENT))
    firsts = {SEGMENT[fragment.data + 4] & 0x1F for fragment in layout.fragments}
    assert not firsts & set(PARAMETER_KINDS)
