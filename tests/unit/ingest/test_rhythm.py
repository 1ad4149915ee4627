"""How often a camera sends a picture."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.rhythm import SLOWEST_NS, Rhythm

SECOND_NS = 1_000_000_000


def test_what_was_told_counts_until_two_pictures_have_come() -> None:
    rhythm = Rhythm(told_ns=SECOND_NS)
    rhythm.picture(0)
    assert (rhythm.known, rhythm.step_ns, rhythm.last_ns) == (True, SECOND_NS, 0)
    rhythm.picture(5 * SECOND_NS)
    assert rhythm.step_ns == 5 * SECOND_NS


def test_a_camera_of_which_nothing_is_known_has_no_step() -> None:
    rhythm = Rhythm()
    rhythm.picture(0)
    assert (rhythm.known, rhythm.step_ns) == (False, 0)


def test_one_pause_is_no_rhythm() -> None:
    rhythm = Rhythm()
    for at_s in (0, 1, 2, 30, 31):
        rhythm.picture(at_s * SECOND_NS)
    assert rhythm.step_ns == SECOND_NS


def test_our_own_lateness_is_no_step_of_the_camera_s() -> None:
    rhythm = Rhythm()
    rhythm.picture(0)
    rhythm.forgive(4 * SECOND_NS)
    rhythm.picture(5 * SECOND_NS)
    assert rhythm.step_ns == SECOND_NS


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10 * SLOWEST_NS), min_size=2, max_size=20))
def test_no_camera_is_waited_for_longer_than_the_bound(times_ns: list[int]) -> None:
    rhythm = Rhythm()
    for at_ns in sorted(times_ns):
        rhythm.picture(at_ns)
    assert 0 <= rhythm.step_ns <= SLOWEST_NS
