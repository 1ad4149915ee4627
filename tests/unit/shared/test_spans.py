"""Stretches of time."""

from shared.spans import Span


def test_a_span_is_as_long_as_from_its_start_to_its_end() -> None:
    assert Span(3, 10).length_ns == 7
