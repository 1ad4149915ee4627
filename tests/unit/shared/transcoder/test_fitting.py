"""Pictures in the size that is coded."""

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.transcoder.fitting import fitted, notice, size_within


@settings(max_examples=40)
@given(st.integers(16, 8000), st.integers(16, 8000), st.integers(160, 4096))
def test_no_side_is_longer_than_allowed_nor_odd_nor_too_small(width: int, height: int, longest: int) -> None:
    fit = size_within(width, height, longest)
    assert max(fit) <= longest
    assert all(side % 2 == 0 and side >= 16 for side in fit)


def test_a_picture_that_fits_keeps_its_size() -> None:
    assert size_within(1280, 720, 1280) == (1280, 720)
    assert size_within(2560, 1440, 1280) == (1280, 720)


@pytest.mark.parametrize(("size", "within"), [((640, 360), (640, 360)), ((1280, 720), (640, 360))])
def test_pictures_are_made_smaller_in_the_form_that_is_coded(
    size: tuple[int, int], within: tuple[int, int]
) -> None:
    frame = fitted(av.VideoFrame(*size, "yuvj420p"), 640)
    assert ((frame.width, frame.height), frame.format.name) == (within, "yuv420p")


def test_a_notice_has_the_size_asked() -> None:
    frame = notice((320, 240), "Title", "A sentence.")
    assert (frame.width, frame.height) == (320, 240)
