"""MPEG-4 video and JPEG in MP4."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from storage.fmp4.description import describe
from storage.fmp4.elementary import JpegDescription, read_esds
from tests.unit.storage.coded import CODED, recorded


@given(st.binary(max_size=80))
def test_any_bytes_are_an_esds_or_bad_input(payload: bytes) -> None:
    with suppress(BadInput):
        read_esds(payload, 320, 240)


def test_jpeg_images_of_one_size_need_one_description_only() -> None:
    assert describe(recorded(CODED[3])[0]) == describe(recorded(CODED[3])[1]) == JpegDescription(320, 240)
