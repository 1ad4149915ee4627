"""How far a camera's clock is ahead."""

from hypothesis import given
from hypothesis.strategies import floats, integers

from ingest.onvif.clock_ahead import ClockAhead

S = 1_000_000_000


@given(integers(-(10**15), 10**15), integers(0, S - 1), integers(0, S), integers(0, S))
def test_the_truth_is_always_within_what_was_measured(
    ahead_ns: int, phase_ns: int, there_ns: int, back_ns: int
) -> None:
    asked_ns = 1_700_000_000 * S + phase_ns
    camera_ns = asked_ns + there_ns + ahead_ns
    told_ns = camera_ns - camera_ns % S
    measured = ClockAhead.measured(told_ns, asked_ns, asked_ns + there_ns + back_ns)
    assert measured.least_ns <= ahead_ns <= measured.most_ns
    assert abs(measured.ahead_ns - ahead_ns) <= measured.wrong_ns


@given(integers(-(10**12), 10**12), integers(-(10**12), 10**12))
def test_times_go_there_and_back(ahead_ns: int, utc_ns: int) -> None:
    ahead = ClockAhead(ahead_ns, ahead_ns + S)
    assert ahead.to_ours(ahead.to_cameras(utc_ns)) == utc_ns


@given(floats(0, 0.99))
def test_several_questions_over_a_second_tell_more_exactly(phase: float) -> None:
    ahead_ns = 7 * S + int(phase * S)
    known: ClockAhead | None = None
    for ask in range(5):
        asked_ns = ask * S // 5
        camera_ns = asked_ns + ahead_ns
        one = ClockAhead.measured(camera_ns - camera_ns % S, asked_ns, asked_ns)
        known = one if known is None else known.narrowed(one)
    assert known is not None
    assert known.wrong_ns <= S // 9
    assert known.least_ns <= ahead_ns <= known.most_ns


def test_a_clock_that_may_be_right_is_left_alone() -> None:
    assert (ClockAhead(-5, 9).ahead_ns, ClockAhead(-5, 9).wrong_ns) == (0, 9)


def test_what_was_known_stays_until_the_clock_was_set() -> None:
    before = ClockAhead(10, 20)
    assert ClockAhead(15, 40).unless_moved(before) is before
    moved = ClockAhead(25, 40)
    assert moved.unless_moved(before) is moved
    assert before.narrowed(moved) is moved
