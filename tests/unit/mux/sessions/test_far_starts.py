"""Starts behind a bad network, in simulated time."""

import pytest

from tests.support.relay import Link
from tests.unit.mux.fakes import unit
from tests.unit.mux.far import FarWorld, lossy, start

UNITS = [
    unit(number, key=number % 50 == 0, size=30_000 if number % 50 == 0 else 8000) for number in range(50)
]
STARTS = 200
STEADY = Link(delay_ms=30)
CHECK, ANSWER = b"\x00\x01", b"\x01\x01"
OUR_HELLO, THEIR_HELLO, OUR_LAST, THEIR_LAST = (22, 1), (22, 2), (22, 11), (20, 1)


def playing() -> FarWorld:
    far = FarWorld(UNITS)
    far.come(Link(), Link())
    far.events.run_for(3)
    return far


def starts(loss: float) -> list[tuple[float, int]]:
    """How long each took, and how often its browser repeated itself."""
    far = playing()
    return sorted(start(far, *lossy(loss)) for _ in range(STARTS))


def is_kind(datagram: bytes, kind: bytes | tuple[int, int]) -> bool:
    if isinstance(kind, bytes):
        return datagram[:2] == kind
    return len(datagram) > 13 and (datagram[0], datagram[13]) == kind


def losing(kind: bytes | tuple[int, int], count: int) -> FarWorld:
    """A world that loses the first datagrams of a kind."""
    far, left = playing(), [count]

    def loses(datagram: bytes) -> bool:
        lost = bool(left[0]) and is_kind(datagram, kind)
        left[0] -= lost
        return lost

    far.loses = loses
    return far


def test_a_start_takes_two_round_trips_and_the_way_of_the_picture() -> None:
    first_ms, _ = start(playing(), STEADY, STEADY)
    assert 120 <= first_ms < 135


@pytest.mark.parametrize("loss", [0.0, 0.02])
def test_every_start_is_over_within_half_a_second(loss: float) -> None:
    found = starts(loss)
    assert found[-1][0] < 500
    assert found[STARTS // 2][0] < 200


def test_where_one_in_twenty_is_lost_every_start_is_whose_browser_need_not_say_the_same_three_times() -> None:
    """When to repeat its own lost words is for the browser: after two round trips, then after four."""
    found = starts(0.05)
    assert max(first_ms for first_ms, repeated in found if repeated < 2) < 500
    assert found[STARTS * 95 // 100][0] < 400
    assert found[-1][0] < 1000


@pytest.mark.parametrize(
    ("kind", "count", "within_ms"),
    [
        pytest.param(CHECK, 1, 50, id="a check"),
        pytest.param(ANSWER, 2, 50, id="both answers to a check"),
        pytest.param(OUR_HELLO, 2, 55, id="both copies of our first words"),
        pytest.param(THEIR_HELLO, 1, 125, id="the browser's answer"),
        pytest.param(OUR_LAST, 2, 1, id="two copies of our last words"),
        pytest.param(THEIR_LAST, 1, 1, id="the browser's last words"),
    ],
)
def test_what_is_lost_once_costs_a_start_little(
    kind: bytes | tuple[int, int], count: int, within_ms: float
) -> None:
    far = losing(kind, count)
    without_ms, _ = start(playing(), STEADY, STEADY)
    first_ms, _ = start(far, STEADY, STEADY)
    assert without_ms - 1 < first_ms <= without_ms + within_ms
    assert far.world.counts.handshake_failures == 0


def test_a_viewer_whose_last_words_are_lost_watches_all_the_same() -> None:
    far = losing(THEIR_LAST, 1)
    browser = far.come(STEADY, STEADY)
    far.events.run_for(0.5)
    viewer = far.viewer_of(browser)
    assert viewer is not None
    assert viewer.handshaking
    assert len(browser.seen.pictures) > 5
