"""A unit that comes with the places of its NAL units is judged as one that is searched for them."""

from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checks.common import NotDecodable
from ingest.checks.h264 import H264Checks
from ingest.checks.h265 import H265Checks
from ingest.simulator.encoder import Encoding
from shared.codecs.h264 import annex_b, nal_starts, nal_units
from tests.unit.ingest.checks.test_choice import pictures as pictures_of
from tests.unit.ingest.checks.test_h264 import pictures

_BODY = st.binary(min_size=1, max_size=30).map(lambda body: body.replace(b"\0", b"\x80"))
_H264 = st.tuples(st.sampled_from([0x41, 0x41, 0x01, 0x65, 0x67, 0x68, 0x06, 0x09, 0x7F, 0xC1]), _BODY)
_H265 = st.tuples(st.sampled_from([2, 2, 0, 16, 18, 38, 42, 64, 66, 68, 70, 78, 126, 130]), _BODY)


_AGAIN = st.tuples(st.sampled_from([0, 0, 1, 2]), st.binary(min_size=0, max_size=4), st.booleans())
"""A key unit that comes again, with another slice; cut by so many NAL units, or with one slice more."""


def _again(key: bytes, left_out: int, tail: bytes, twice: bool) -> bytes:
    nals = [bytes(nal) for nal in nal_units(key)]
    last = nals[-1][:-1] + tail.replace(b"\0", b"\x80") + b"\x80"
    return annex_b([*nals[left_out:-1], last, *([last[:40]] if twice else [])])


def _nals(parts: list[tuple[int, bytes]]) -> list[bytes]:
    return [bytes((first,)) + body for first, body in parts]


def _judged(checks: H264Checks | H265Checks, data: bytes, cut: bool) -> object:
    """Everything that can be told from a unit's check."""
    try:
        verdict: object = checks.check(data, tuple(nal_starts(data)) if cut else ())
    except NotDecodable as error:
        verdict = str(error)
    return verdict, checks.garbage, checks.description, checks.advice


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.lists(_H264, min_size=1, max_size=4).map(_nals), max_size=6),
    st.booleans(),
    st.lists(_AGAIN, max_size=4),
)
def test_h264_units_are_judged_alike_cut_or_searched(
    units: list[list[bytes]], hides: bool, keys: list[tuple[int, bytes, bool]]
) -> None:
    searched, cut = H264Checks(), H264Checks()
    again = [_again(pictures()[0], *one) for one in keys]
    mixed = [data for pair in zip_longest(map(annex_b, units), again) for data in pair if data]
    for data in (pictures()[0], *again, *mixed, *pictures()[1:]):
        assert _judged(cut, data, True) == _judged(searched, data, False)
        for checks in (searched, cut):
            if hides and checks.parameters is not None:
                # As with a camera whose parameter set leaves out whether it reorders.
                checks.parameters = replace(checks.parameters, reorder_frames=None)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(_H265, min_size=1, max_size=4).map(_nals), max_size=6), st.lists(_AGAIN, max_size=4))
def test_h265_units_are_judged_alike_cut_or_searched(
    units: list[list[bytes]], keys: list[tuple[int, bytes, bool]]
) -> None:
    searched, cut = H265Checks(), H265Checks()
    stream = pictures_of(Encoding.H265)
    again = [_again(stream[0], *one) for one in keys]
    mixed = [data for pair in zip_longest(map(annex_b, units), again) for data in pair if data]
    for data in (stream[0], *again, *mixed, *stream[1:]):
        assert _judged(cut, data, True) == _judged(searched, data, False)


def test_an_ordinary_unit_is_given_on_as_it_is() -> None:
    checks = H264Checks()
    checks.check(pictures()[0])
    data = pictures()[1]
    assert checks.check(data, tuple(nal_starts(data))).data is data


def test_a_key_unit_like_the_one_before_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    checks, key = H264Checks(), pictures()[0]
    nals = tuple(nal_starts(key))
    first = checks.check(key, nals)
    monkeypatch.setattr("ingest.checks.nal.sound_nals", None)
    again = checks.check(key[:-1] + b"\x81", nals)
    assert again == replace(first, data=key[:-1] + b"\x81")
