"""The one function that decides, against every person, action and resource."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.access.rights import (
    LISTING,
    PLATFORM,
    Decision,
    Facts,
    Machine,
    MachineRight,
    Resource,
    Right,
    Verdict,
    communes,
    decide,
    pictures_of,
    where_allowed,
)
from control_room.model.people import Person, Role
from control_room.model.territory import Authorisation, Camera
from shared.messages.ingest import CameraOpener, CameraTransport

CODES = ("59350", "59512", "59009", "2A004")
codes = st.frozensets(st.sampled_from(CODES))
people = st.builds(
    Person,
    id=st.just("p-1"),
    login=st.just("somebody"),
    name=st.just("Somebody"),
    role=st.sampled_from(Role),
    communes=codes,
    enabled=st.just(True),
)
actions = st.sampled_from(Right)
resources = st.builds(Resource, codes, st.just(False))
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERMIT = Authorisation("2026-0417", date(2026, 3, 2), date(2031, 3, 1), 15)
IMAGES = (Right.LIVE, Right.PLAYBACK, Right.EXPORT, Right.DOWNLOAD)


def of_lille(enabled: bool = True, permit: Authorisation | None = PERMIT) -> Camera:
    return Camera(
        id="cam-1",
        commune="59350",
        name="",
        place="",
        lat=None,
        lon=None,
        recorded=True,
        enabled=enabled,
        authorisation=permit,
        address_host="",
        has_credentials=False,
        has_sub=False,
        opener=CameraOpener.OWN,
        transport=CameraTransport.TCP,
        sealed=b"",
    )


def decided(person: Person, right: str, resource: Resource) -> Decision:
    """Of a camera that may be shown, where one is asked for."""
    return decide(Facts(person, resource, of_lille()), right, AT)


def somebody(kind: Role, *bound: str) -> Person:
    return Person("p-1", "somebody", "Somebody", kind, frozenset(bound))


@given(people.filter(lambda person: person.role is not Role.ADMIN), actions, codes.filter(bool))
def test_nobody_but_an_administrator_gets_anything_of_a_commune_they_are_not_bound_to(
    person: Person, action: Right, asked: frozenset[str]
) -> None:
    if asked - person.communes:
        assert not decided(person, action, Resource(asked)).allowed


@given(people, resources, st.text().filter(lambda text: text not in set(Right)))
def test_an_unknown_action_is_denied_to_everybody(person: Person, resource: Resource, action: str) -> None:
    assert not decided(person, action, resource).allowed


@given(people, actions, resources)
def test_somebody_switched_off_gets_nothing(person: Person, action: Right, resource: Resource) -> None:
    off = Person(person.id, person.login, person.name, person.role, person.communes, enabled=False)
    assert not decided(off, action, resource).allowed
    assert not decided(off, action, LISTING).allowed


@given(people, resources)
def test_only_the_legal_kind_exports(person: Person, resource: Resource) -> None:
    for action in (Right.EXPORT, Right.DOWNLOAD, Right.HOLD, Right.PLAYBACK):
        if decided(person, action, resource).allowed:
            assert person.role is Role.LEGAL


@given(resources, st.sampled_from(IMAGES))
def test_an_administrator_sees_no_image(resource: Resource, action: Right) -> None:
    assert not decided(somebody(Role.ADMIN, *CODES), action, resource).allowed


@given(people.filter(lambda person: person.role is not Role.ADMIN), actions)
def test_only_an_administrator_decides_for_the_whole_platform(person: Person, action: Right) -> None:
    assert not decided(person, action, PLATFORM).allowed


@given(people, actions, resources, codes)
def test_being_bound_to_more_communes_never_takes_a_right_away(
    person: Person, action: Right, resource: Resource, more: frozenset[str]
) -> None:
    bound = Person(person.id, person.login, person.name, person.role, person.communes | more)
    if decided(person, action, resource).allowed:
        assert decided(bound, action, resource).allowed


@given(people, actions, resources)
def test_every_decision_says_why(person: Person, action: Right, resource: Resource) -> None:
    assert decided(person, action, resource).reason


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (Role.OPERATOR, Right.LIVE),
        (Role.OPERATOR, Right.SEE_CAMERA),
        (Role.COMMUNE, Right.MANAGE_CAMERA),
        (Role.COMMUNE, Right.SEE_JOURNAL),
        (Role.LEGAL, Right.PLAYBACK),
        (Role.LEGAL, Right.EXPORT),
        (Role.LEGAL, Right.HOLD),
    ],
)
def test_each_kind_does_its_work_in_its_own_commune(kind: Role, action: Right) -> None:
    assert decided(somebody(kind, "59350"), action, communes("59350")).allowed


def test_an_export_over_two_communes_needs_both() -> None:
    assert not decided(somebody(Role.LEGAL, "59350"), Right.EXPORT, communes("59350", "59512")).allowed
    assert decided(somebody(Role.LEGAL, "59350", "59512"), Right.EXPORT, communes("59350", "59512")).allowed


def test_a_list_holds_only_what_is_allowed_one_by_one() -> None:
    assert where_allowed(somebody(Role.OPERATOR, "59512"), Right.SEE_CAMERA, CODES, AT) == {"59512"}


dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))
permits = st.none() | st.builds(Authorisation, st.just("2026-0417"), dates, dates, st.integers(1, 31))


@given(people, st.booleans(), permits, dates)
def test_nobody_and_no_machine_gets_pictures_of_a_camera_without_an_authorisation_of_the_day(
    person: Person, enabled: bool, permit: Authorisation | None, day: date
) -> None:
    camera = of_lille(enabled, permit)
    lawful = enabled and permit is not None and permit.granted_on <= day <= permit.valid_until
    at = datetime.combine(day, time(23, 59, 59), UTC)
    assert decide(pictures_of(Machine.INGEST, camera), MachineRight.PULL, at).allowed == lawful
    assert decide(pictures_of(Machine.RECORDER, camera), MachineRight.RECORD, at).allowed == lawful
    if decide(pictures_of(person, camera), Right.LIVE, at).allowed:
        assert lawful


def test_a_camera_that_is_blocked_says_so_to_whoever_may_watch_it_and_to_others_that_they_may_not() -> None:
    camera = of_lille(enabled=False)
    operator, stranger = somebody(Role.OPERATOR, "59350"), somebody(Role.OPERATOR, "59512")
    assert decide(pictures_of(operator, camera), Right.LIVE, AT).verdict is Verdict.BLOCKED
    assert decide(pictures_of(stranger, camera), Right.LIVE, AT).verdict is Verdict.DENIED


def test_pictures_are_of_a_camera_or_denied() -> None:
    assert not decide(Facts(somebody(Role.OPERATOR, "59350"), communes("59350")), Right.LIVE, AT).allowed


def test_recordings_of_a_camera_that_is_blocked_can_still_be_played() -> None:
    legal = somebody(Role.LEGAL, "59350")
    assert decide(pictures_of(legal, of_lille(enabled=False)), Right.PLAYBACK, AT).allowed


def test_an_authorisation_ends_with_its_day_in_utc() -> None:
    ends = replace(PERMIT, valid_until=AT.date())
    facts = pictures_of(somebody(Role.OPERATOR, "59350"), of_lille(permit=ends))
    midnight = datetime.combine(AT.date() + timedelta(days=1), time(), UTC)
    assert decide(facts, Right.LIVE, midnight - timedelta(microseconds=1)).allowed
    assert not decide(facts, Right.LIVE, midnight).allowed


_SECOND = (Right.APPROVE, Right.APPROVE_COPY, Right.CONFIRM_HOLD)


@given(people, st.sampled_from(_SECOND), codes.filter(bool), st.booleans())
def test_nobody_is_the_second_person_of_their_own_act(
    person: Person, right: Right, asked: frozenset[str], own: bool
) -> None:
    authors = frozenset({"p-2", person.id}) if own else frozenset({"p-2"})
    decision = decide(Facts(person, Resource(asked), authors=authors), right, AT)
    lawful = person.role is Role.LEGAL and asked <= person.communes
    assert decision.allowed == (lawful and not own)


@given(people, actions.filter(lambda right: right not in _SECOND), resources)
def test_having_entered_something_takes_no_other_right_away(
    person: Person, right: Right, resource: Resource
) -> None:
    facts = Facts(person, resource, of_lille())
    own = replace(facts, authors=frozenset({person.id}))
    assert decide(own, right, AT) == decide(facts, right, AT)


@given(people, resources)
def test_an_operator_preserves_and_decides_nothing(person: Person, resource: Resource) -> None:
    if decided(person, Right.PRESERVE, resource).allowed:
        assert person.role in (Role.LEGAL, Role.OPERATOR)
    for right in (*_SECOND, Right.REQUISITION, Right.DELIVER, Right.ACCESS_REQUEST):
        if decided(person, right, resource).allowed:
            assert person.role is Role.LEGAL


@given(people, st.sampled_from(MachineRight))
def test_the_rights_of_machines_are_no_persons(person: Person, right: MachineRight) -> None:
    assert not decide(pictures_of(person, of_lille()), right, AT).allowed


@given(st.sampled_from(Machine), actions)
def test_the_rights_of_persons_are_no_machines(machine: Machine, right: Right) -> None:
    assert not decide(pictures_of(machine, of_lille()), right, AT).allowed
