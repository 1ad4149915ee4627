"""Somebody signed in, and what the journal is told of them."""

import pytest

from control_room.access.callers import Caller, mere_name
from control_room.access.rights import Right
from control_room.model.journal import AuditAction, Outcome
from control_room.model.people import Person, Principal, Role
from shared.reasons import kept

ADA = Caller(Person("p-1", "ada", "Ada", Role.LEGAL, frozenset()), "s-1", "192.0.2.7", 0)


@pytest.mark.parametrize("right", Right)
def test_the_use_of_a_right_is_told_under_its_name(right: Right) -> None:
    assert ADA.event(right).action is AuditAction(right.value)


def test_an_event_says_who_from_where_and_in_which_session() -> None:
    event = ADA.event(AuditAction.RELEASE_HOLD, commune="59350", detail=mere_name("PV 118"))
    assert (event.who, event.login, event.kind, event.session, event.client) == (
        "p-1",
        "ada",
        "legal",
        "s-1",
        "192.0.2.7",
    )
    assert (event.outcome, event.detail, event.why) == (Outcome.DONE, "PV 118", kept(mere_name("PV 118")))


def test_other_services_are_asked_on_the_callers_behalf() -> None:
    assert ADA.principal == Principal("p-1", "s-1")
