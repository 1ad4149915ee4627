"""What a journal entry says, as a reason: also of one that was written without a code."""

import re
from collections.abc import Callable

from control_room.access.callers import mere_name
from control_room.model.journal import AuditAction, AuditEvent
from shared.reasons import Reason, read, why

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:\d\d(?::\d\d)?|Z)"
_RANGE = re.compile(f"({_INSTANT}) to ({_INSTANT})")
_CLOCK = re.compile(f"it is ({_INSTANT})")
_NAMING = frozenset(
    {
        AuditAction.CREATE_CAMERA,
        AuditAction.REMOVE_CAMERA,
        AuditAction.CREATE_COMMUNE,
        AuditAction.REMOVE_COMMUNE,
        AuditAction.CREATE_WORKER,
        AuditAction.REMOVE_PERSON,
        AuditAction.RELEASE_HOLD,
    }
)


def said_of(event: AuditEvent) -> Reason | None:
    """The reason that was kept; where none was, what its action's plain sentence says; None of any other."""
    return read(event.why, event.detail) or _PLAIN.get(event.action, _nothing)(event.detail)


def _nothing(_detail: str) -> Reason | None:
    return None


def _range(detail: str) -> Reason | None:
    found = _RANGE.fullmatch(detail)
    return found and why("range-asked", "{start} to {end}", start=found[1], end=found[2])


def _clock(detail: str) -> Reason | None:
    found = _CLOCK.fullmatch(detail)
    return found and why("clock-said", "it is {instant}", instant=found[1])


def _name(detail: str) -> Reason | None:
    return mere_name(detail) if detail else None


def _wall(detail: str) -> Reason | None:
    return why("wall-shown", "wall") if detail == "wall" else None


def _sign_in(detail: str) -> Reason | None:
    known = (
        why("login-unknown", "unknown login"),
        why("password-wrong", "wrong password"),
        why("account-switched-off", "the account is switched off"),
    )
    return next((one for one in known if one.text == detail), None)


_PLAIN: dict[AuditAction, Callable[[str], Reason | None]] = {
    AuditAction.PLAYBACK: _range,
    AuditAction.CONFIRM_CLOCK: _clock,
    AuditAction.LIVE: _wall,
    AuditAction.SIGN_IN: _sign_in,
    **dict.fromkeys(_NAMING, _name),
}
