from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codecs.jpeg import JpegImage, parse_image
from shared.errors import BadInput


def image(width: int = 320, height: int = 240, *, progressive: bool = False) -> bytes:
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    _, jpeg = cv2.imencode(".jpg", np.zeros((height, width, 3), np.uint8), options)
    return bytes(jpeg)


@given(st.integers(1, 500), st.integers(1, 500), st.booleans())
def test_an_encoder_s_image_says_its_size(width: int, height: int, progressive: bool) -> None:
    assert parse_image(image(width, height, progressive=progressive)) == JpegImage(width, height)


def test_fill_bytes_and_restart_markers_between_segments_are_passed_over() -> None:
    whole = image()
    assert parse_image(whole[:2] + b"\xff\xff\xff\xd0\xff" + whole[2:]) == JpegImage(320, 240)


@given(st.integers(0, len(image()) - 2))
def test_an_image_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BadInput):
        parse_image(image()[:length])


@given(st.binary(max_size=200))
def test_any_bytes_are_an_image_or_bad_input(noise: bytes) -> None:
    with suppress(BadInput):
        assert parse_image(b"\xff\xd8" + noise).width > 0


@given(st.integers(2, 600), st.integers(0, 255))
def test_an_image_with_one_byte_altered_is_an_image_or_bad_input(at: int, byte: int) -> None:
    broken = bytearray(image())
    broken[at] = byte
    with suppress(BadInput):
        parse_image(bytes(broken))


def test_segments_without_end_are_refused() -> None:
    with pytest.raises(BadInput, match="no picture"):
        parse_image(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 100_000)
