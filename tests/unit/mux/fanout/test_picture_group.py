"""The current group of pictures, where viewers start."""

from mux.fanout.picture_group import PictureGroup
from tests.unit.mux.fakes import picture


def test_a_group_that_outgrows_its_budget_is_given_up_until_the_next_key() -> None:
    group = PictureGroup(budget_bytes=1500)
    group.append(picture(0, key=True, size=500))
    for number in (1, 2, 3):
        group.append(picture(number, size=500))
    assert group.pictures == []
    group.append(picture(4, key=True))
    assert len(group.pictures) == 1


def test_a_group_starts_with_a_key_picture_only() -> None:
    group = PictureGroup()
    group.append(picture(0))
    assert group.pictures == []
