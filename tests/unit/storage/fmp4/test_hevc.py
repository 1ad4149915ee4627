"""H.265 in MP4: parameter sets in the head, pictures in samples."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.h264 import nal_units
from shared.codecs.h265 import PARAMETER_SETS, nal_type
from shared.errors import BadInput
from storage.fmp4.description import describe
from storage.fmp4.hevc import HevcDescription
from tests.unit.storage.coded import CODED, recorded


@given(st.binary(max_size=80))
def test_any_bytes_are_an_hvcc_or_bad_input(payload: bytes) -> None:
    with suppress(BadInput):
        HevcDescription.from_hvcc(b"\1" + payload)


def test_h265_samples_hold_every_nal_unit_but_known_parameter_sets() -> None:
    unit = recorded(CODED[1])[0]
    kept = [bytes(part) for part in describe(unit).sample(unit.data)[1::2]]
    assert kept == [bytes(nal) for nal in nal_units(unit.data) if nal_type(nal) not in PARAMETER_SETS]
