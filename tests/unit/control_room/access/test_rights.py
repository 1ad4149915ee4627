"""The one function that decides, against every person, action and resource."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.access.rights import LISTING, PLATFORM, Resource, Right, communes, decide, where_allowed
from control_room.model.people import Person, Role

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
IMAGES = (Right.LIVE, Right.PLAYBACK, Right.EXPORT, Right.DOWNLOAD)


def somebody(kind: Role, *bound: str) -> Person:
    return Person("p-1", "somebody", "Somebody", kind, frozenset(bound))


@given(people.filter(lambda person: person.role is not Role.ADMIN), actions, codes.filter(bool))
def test_nobody_but_an_administrator_gets_anything_of_a_commune_they_are_not_bound_to(
    person: Person, action: Right, asked: frozenset[str]
) -> None:
    if asked - person.communes:
        assert not decide(person, action, Resource(asked)).allowed


@given(people, resources, st.text().filter(lambda text: text not in set(Right)))
def test_an_unknown_action_is_denied_to_everybody(person: Person, resource: Resource, action: str) -> None:
    assert not decide(person, action, resource).allowed


@given(people, actions, resources)
def test_somebody_switched_off_gets_nothing(person: Person, action: Right, resource: Resource) -> None:
    off = Person(person.id, person.login, person.name, person.role, person.communes, enabled=False)
    assert not decide(off, action, resource).allowed
    assert not decide(off, action, LISTING).allowed


@given(people, resources)
def test_only_the_legal_kind_exports(person: Person, resource: Resource) -> None:
    for action in (Right.EXPORT, Right.DOWNLOAD, Right.HOLD, Right.PLAYBACK):
        if decide(person, action, resource).allowed:
            assert person.role is Role.LEGAL


@given(resources, st.sampled_from(IMAGES))
def test_an_administrator_sees_no_image(resource: Resource, action: Right) -> None:
    assert not decide(somebody(Role.ADMIN, *CODES), action, resource).allowed


@given(people.filter(lambda person: person.role is not Role.ADMIN), actions)
def test_only_an_administrator_decides_for_the_whole_platform(person: Person, action: Right) -> None:
    assert not decide(person, action, PLATFORM).allowed


@given(people, actions, resources, codes)
def test_being_bound_to_more_communes_never_takes_a_right_away(
    person: Person, action: Right, resource: Resource, more: frozenset[str]
) -> None:
    bound = Person(person.id, person.login, person.name, person.role, person.communes | more)
    if decide(person, action, resource).allowed:
        assert decide(bound, action, resource).allowed


@given(people, actions, resources)
def test_every_decision_says_why(person: Person, action: Right, resource: Resource) -> None:
    assert decide(person, action, resource).reason


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
    assert decide(somebody(kind, "59350"), action, communes("59350")).allowed


def test_an_export_over_two_communes_needs_both() -> None:
    assert not decide(somebody(Role.LEGAL, "59350"), Right.EXPORT, communes("59350", "59512")).allowed
    assert decide(somebody(Role.LEGAL, "59350", "59512"), Right.EXPORT, communes("59350", "59512")).allowed


def test_a_list_holds_only_what_is_allowed_one_by_one() -> None:
    assert where_allowed(somebody(Role.OPERATOR, "59512"), Right.SEE_CAMERA, CODES) == {"59512"}
