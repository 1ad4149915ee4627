"""The least of a stream that shows a whole picture; with real pictures: test_checks.py."""

from dataclasses import replace

import pytest

from ingest.decoding.sample import MOST_SAMPLE_BYTES, Growth, Sample
from shared.units import AccessUnit
from tests.unit.shared.strategies import unit


def grown(first: AccessUnit, *others: AccessUnit) -> tuple[Sample, list[Growth]]:
    """A sample, and what each unit made of it."""
    made = Sample(first, 0)
    return made, [made.take(one) for one in (first, *others)]


def test_a_key_picture_is_whole_by_itself() -> None:
    made, growth = grown(unit(7, key=True))
    assert growth == [Growth.WHOLE]
    assert (made.units, made.doubtful) == ([unit(7).data], False)


def test_a_recovery_point_needs_as_many_pictures_as_it_says() -> None:
    _, growth = grown(replace(unit(0, key=True), recovery=2), unit(1), unit(2))
    assert growth == [Growth.WAITS, Growth.WAITS, Growth.WHOLE]


def test_a_second_key_unit_makes_a_sample_doubtful() -> None:
    made, _ = grown(replace(unit(0, key=True), recovery=2), unit(1, key=True))
    assert made.doubtful


@pytest.mark.parametrize("other", [unit(2), unit(1, run=2)], ids=["a hole", "another run"])
def test_a_sample_with_something_missing_is_broken(other: AccessUnit) -> None:
    _, growth = grown(replace(unit(0, key=True), recovery=2), other)
    assert growth == [Growth.WAITS, Growth.BROKEN]


def test_a_sample_is_bounded() -> None:
    half = b"\0\0\0\1\x65" + bytes(MOST_SAMPLE_BYTES // 2)
    _, growth = grown(replace(unit(0, key=True, data=half), recovery=3), unit(1, data=half))
    assert growth == [Growth.WAITS, Growth.TOO_LARGE]
    _, endless = grown(replace(unit(0, key=True), recovery=255))
    assert endless == [Growth.TOO_LARGE]
