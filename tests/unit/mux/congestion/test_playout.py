"""The playout delay chosen by what receiver reports say."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux.congestion.playout import LEAST_MS, MOST_MS, Heard, Playout, heard_more, needed_ms

SECOND_NS = 1_000_000_000
LAN = (0.6, 1.5, 0.0)
BAD = (60.0, 12.0, 0.02)

shares = st.none() | st.floats(0, 1)
figures = st.none() | st.floats(0, 3000)
histories = st.lists(st.tuples(figures, figures, shares), max_size=60)


def after(history: Sequence[tuple[float | None, float | None, float | None]]) -> list[Playout]:
    """The choices of a history of reports, one a second: round trip, jitter, loss."""
    chosen = [Playout()]
    for number, (rtt_ms, jitter_ms, loss) in enumerate(history):
        chosen.append(heard_more(chosen[-1], Heard(number * SECOND_NS, rtt_ms, jitter_ms, loss)))
    return chosen


@given(histories)
def test_the_delay_is_nothing_or_within_its_bounds(
    history: list[tuple[float | None, float | None, float | None]],
) -> None:
    assert all(one.delay_ms == 0 or LEAST_MS <= one.delay_ms <= MOST_MS for one in after(history))


@given(histories)
def test_the_delay_never_falls_more_often_than_every_fifteen_seconds(
    history: list[tuple[float | None, float | None, float | None]],
) -> None:
    delays = [one.delay_ms for one in after(history)]
    falls = [number for number, (before, now) in enumerate(pairwise(delays)) if now < before]
    assert all(later - earlier >= 15 for earlier, later in pairwise(falls))


@given(figures, figures, shares)
def test_a_link_that_stays_as_it_is_gets_what_it_needs_and_keeps_it(
    rtt_ms: float | None, jitter_ms: float | None, loss: float | None
) -> None:
    needed = needed_ms(Heard(0, rtt_ms, jitter_ms, loss))
    assert {one.delay_ms for one in after([(rtt_ms, jitter_ms, loss)] * 40)[2:]} == {needed}


@given(st.floats(0, 1000), st.floats(0, 100), st.floats(0, 1), st.floats(0, 100))
def test_a_worse_link_never_needs_less(rtt_ms: float, jitter_ms: float, loss: float, more: float) -> None:
    before = needed_ms(Heard(0, rtt_ms, jitter_ms, loss))
    assert needed_ms(Heard(0, rtt_ms + more, jitter_ms, loss)) >= before
    assert needed_ms(Heard(0, rtt_ms, jitter_ms + more, loss)) >= before
    assert needed_ms(Heard(0, rtt_ms, jitter_ms, min(1.0, loss + more))) >= before


@pytest.mark.parametrize(
    ("link", "least_ms", "most_ms"),
    [
        (LAN, 0, 0),
        ((2.0, 8.0, 0.0), 0, 0),  # a camera on wireless, seen from the next room
        ((60.0, 1.0, 0.0), 0, 0),  # far, and good
        (BAD, 180, 260),
        ((120.0, 12.0, 0.05), 300, 400),
        ((900.0, 50.0, 0.1), 500, 500),
    ],
)
def test_the_delay_of_a_link(link: tuple[float, float, float], least_ms: int, most_ms: int) -> None:
    assert least_ms <= after([link] * 5)[-1].delay_ms <= most_ms


def test_a_link_that_turns_bad_gets_a_delay_with_the_second_report_that_says_so() -> None:
    delays = [one.delay_ms for one in after([LAN] * 5 + [BAD] * 2)]
    assert delays[:7] == [0] * 7
    assert delays[7] > 0


def test_a_single_bad_report_changes_nothing() -> None:
    assert {one.delay_ms for one in after([LAN, BAD] * 20)} == {0}


def test_a_link_that_recovers_loses_its_delay_after_a_while() -> None:
    delays = [one.delay_ms for one in after([BAD] * 3 + [LAN] * 16)]
    assert delays[17] > 0
    assert delays[-1] == 0


def test_a_short_calm_is_not_taken_for_recovery() -> None:
    delays = [one.delay_ms for one in after(([BAD] * 2 + [LAN] * 13) * 3)]
    assert 0 not in delays[2:]


def test_a_busy_machine_does_not_make_a_near_viewer_a_far_one() -> None:
    assert needed_ms(Heard(0, 90.0, 15.0, 0.0, least_rtt_ms=1.0)) == 0
    assert needed_ms(Heard(0, 90.0, 15.0, 0.0, least_rtt_ms=60.0)) > 0
