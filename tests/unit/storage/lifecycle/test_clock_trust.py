"""A clock that may be wrong destroys nothing until a person has confirmed it by name."""

from hypothesis import given
from hypothesis import strategies as st

from storage.lifecycle.clock_trust import (
    TOLERANCE_NS,
    Disputed,
    Evidence,
    Excused,
    Trusted,
    disagreements,
    trust,
)
from storage.model.deadline import DAY_NS

HOUR_NS = TOLERANCE_NS
UTC_NS = st.integers(1_600_000_000 * 10**9, 2_200_000_000 * 10**9)
OFF_NS = st.integers(-50 * 365 * DAY_NS, 50 * 365 * DAY_NS)
MAYBE_NS = st.none() | UTC_NS
EVIDENCE = st.builds(
    Evidence,
    wall_ns=UTC_NS,
    carried_ns=MAYBE_NS,
    trusted_ns=MAYBE_NS,
    newest_object_ns=MAYBE_NS,
    control_room_ns=MAYBE_NS,
    cameras_ns=st.lists(UTC_NS, max_size=5).map(tuple),
)


@given(evidence=EVIDENCE)
def test_a_trusted_clock_is_within_an_hour_of_whatever_is_known_best_of_the_past(evidence: Evidence) -> None:
    known_ns = next(
        (
            ns
            for ns in (evidence.carried_ns, evidence.trusted_ns, evidence.newest_object_ns)
            if ns is not None
        ),
        evidence.wall_ns,
    )
    if trust(evidence) == Trusted():
        assert abs(evidence.wall_ns - known_ns) <= HOUR_NS


@given(wall_ns=UTC_NS, off_ns=OFF_NS)
def test_control_room_disputes_exactly_what_is_over_an_hour_away(wall_ns: int, off_ns: int) -> None:
    evidence = Evidence(wall_ns, carried_ns=wall_ns, control_room_ns=wall_ns + off_ns)
    assert (trust(evidence) == Trusted()) == (abs(off_ns) <= HOUR_NS)


@given(wall_ns=UTC_NS, right=st.integers(2, 6), wrong=st.integers(0, 6), off_ns=OFF_NS)
def test_cameras_dispute_when_most_of_them_do(wall_ns: int, right: int, wrong: int, off_ns: int) -> None:
    cameras_ns = (wall_ns,) * right + (wall_ns + off_ns,) * wrong
    evidence = Evidence(wall_ns, carried_ns=wall_ns, cameras_ns=cameras_ns)
    if wrong < right:
        assert trust(evidence) == Trusted()
    if wrong > right and abs(off_ns) > HOUR_NS:
        assert trust(evidence) != Trusted()


@given(evidence=EVIDENCE)
def test_what_others_say_never_makes_a_clock_trusted(evidence: Evidence) -> None:
    alone = Evidence(evidence.wall_ns, evidence.carried_ns, evidence.trusted_ns, evidence.newest_object_ns)
    if isinstance(trust(alone), Disputed):
        assert isinstance(trust(evidence), Disputed)


@given(evidence=EVIDENCE)
def test_a_confirmed_clock_is_trusted_at_once(evidence: Evidence) -> None:
    confirmed = Evidence(
        evidence.wall_ns,
        evidence.wall_ns,
        evidence.wall_ns,
        evidence.newest_object_ns,
        evidence.control_room_ns,
        evidence.cameras_ns,
        disagreements(evidence),
    )
    assert trust(confirmed) == Trusted()


@given(wall_ns=UTC_NS, off_ns=OFF_NS, later_ns=OFF_NS)
def test_an_excused_disagreement_excuses_no_other(wall_ns: int, off_ns: int, later_ns: int) -> None:
    excused = Excused(control_room_ns=off_ns)
    evidence = Evidence(
        wall_ns, carried_ns=wall_ns, control_room_ns=wall_ns + off_ns + later_ns, excused=excused
    )
    if abs(later_ns) > HOUR_NS and abs(off_ns + later_ns) > HOUR_NS:
        assert trust(evidence) != Trusted()
