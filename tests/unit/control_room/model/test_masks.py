"""Masks that a redacted copy can be made with, and those it cannot."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.masks import check_masks
from shared.errors import BadInput
from shared.messages.storage import MaskPosition, MaskTrack

START = datetime(2026, 11, 20, 21, tzinfo=UTC)
END = START + timedelta(minutes=15)


def track(*seconds: float, x: float = 0.1) -> MaskTrack:
    at = [START + timedelta(seconds=one) for one in seconds]
    return MaskTrack("m-1", tuple(MaskPosition(one, x, 0.2, 0.3, 0.4) for one in at))


def code_of(masks: Sequence[MaskTrack], cameras: int = 1) -> tuple[str, str | None]:
    with pytest.raises(BadInput) as refused:
        check_masks(masks, cameras, START, END)
    assert refused.value.why is not None
    return refused.value.why.code, refused.value.field


@pytest.mark.parametrize(
    ("masks", "code"),
    [
        ([track(5)], "mask-positions"),
        ([track(5, 4)], "mask-positions"),
        ([track(5, 6, x=0.9)], "mask-outside"),
        ([track(5, 6)] * 51, "masks-too-many"),
        ([track(5, 6), track(-20, -1)], "mask-elsewhere"),
        ([track(900, 950)], "mask-elsewhere"),
    ],
)
def test_masks_that_cannot_be_drawn_or_cover_nothing_are_refused_at_their_field(
    masks: list[MaskTrack], code: str
) -> None:
    assert code_of(masks) == (code, "masks")


def test_masks_are_of_one_camera_and_no_masks_of_any_number() -> None:
    assert code_of([track(5, 6)], cameras=2) == ("redaction-one-camera", "masks")
    check_masks([], 7, START, END)


@given(st.floats(-100, 1000), st.floats(0.001, 1000))
def test_a_mask_is_taken_where_any_instant_of_it_is_in_the_range(first_s: float, length_s: float) -> None:
    one = track(first_s, first_s + length_s)
    first, last = one.positions[0].at, one.positions[-1].at
    if last >= START and first < END:
        check_masks([one], 1, START, END)
    else:
        assert code_of([one])[0] == "mask-elsewhere"
