"""How far behind another viewer somebody is, from what both pages noted of the same pictures."""

from dataclasses import replace

import pytest

from tests.bench.mux_lag import Lag, clock_lead, lags
from tests.bench.strip_page import Painted

_TICKS = 3600


def _viewer(base: int, *, later_ms: float = 0.0, count: int = 60) -> list[Painted]:
    """Pictures 1 to `count` at 25 a second, numbered and on an RTP clock of their own."""
    return [
        Painted(
            presented_ms=1005.0 + 40 * number + later_ms,
            displayed_ms=1020.0 + 40 * number + later_ms,
            said=number,
            received_ms=1000.0 + 40 * number + later_ms,
            rtp=(base + number * _TICKS) % 2**32,
        )
        for number in range(1, count + 1)
    ]


def _unread(pictures: list[Painted]) -> list[Painted]:
    return [replace(picture, said=None) for picture in pictures]


def test_the_same_pictures_tell_how_far_one_clock_is_ahead() -> None:
    assert clock_lead(_viewer(5000), _viewer(2000)) == 3000


def test_a_clock_that_is_about_to_begin_again_is_ahead_of_one_that_has() -> None:
    assert clock_lead(_viewer(10), _viewer(2**32 - 90)) == 100


def test_pictures_of_a_catch_up_and_misread_ones_do_not_tell() -> None:
    squeezed = [replace(picture, rtp=90 * (picture.said or 0)) for picture in _viewer(0, count=40)]
    live = _viewer(5000)[40:]
    misread = replace(live[3], said=11)
    assert clock_lead([*squeezed, *live[:3], misread, *live[4:]], _viewer(2000)) == 3000


def test_the_numbers_of_an_earlier_round_do_not_tell() -> None:
    earlier = _viewer(2000)
    now = [
        replace(picture, displayed_ms=picture.displayed_ms + 10_000, rtp=(picture.rtp or 0) + 250 * _TICKS)
        for picture in earlier
    ]
    newcomer = [replace(picture, rtp=(picture.rtp or 0) + 3000) for picture in now]
    assert clock_lead(newcomer, [*earlier, *now]) == 3000
    assert clock_lead(newcomer, earlier) is None


def test_too_few_pictures_tell_nothing() -> None:
    assert clock_lead(_viewer(5000, count=4), _viewer(2000)) is None
    assert clock_lead(_unread(_viewer(5000)), _viewer(2000)) is None
    assert clock_lead([], []) is None


def test_a_lag_is_between_the_same_pictures_and_from_a_time_on() -> None:
    newcomer, other = _unread(_viewer(5000, later_ms=17.0)), _unread(_viewer(2000))
    found = lags(newcomer, other, 3000, from_ms=newcomer[25].displayed_ms)
    assert len(found) == 35
    assert all(
        (lag.received_ms, lag.decoded_ms, lag.shown_ms) == pytest.approx((17.0, 17.0, 17.0)) for lag in found
    )


def test_only_the_screen_may_be_late() -> None:
    other = _viewer(2000)
    late = [replace(picture, displayed_ms=picture.displayed_ms + 33.0) for picture in _viewer(5000)]
    assert set(lags(late, other, 3000, from_ms=0.0)) == {Lag(0.0, 0.0, 33.0)}


def test_a_picture_that_one_of_them_was_not_shown_has_no_lag() -> None:
    other = _viewer(2000)
    assert len(lags(_viewer(5000), other[:10] + other[20:], 3000, from_ms=0.0)) == 50
    assert lags(_viewer(5000), other, 3001, from_ms=0.0) == []
