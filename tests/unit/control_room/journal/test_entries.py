"""What entries say that were written without a code."""

import pytest

from control_room.journal.entries import said_of
from control_room.model.journal import AuditAction, AuditEvent, Outcome

FROM, TO = "2026-11-20T20:00:00+00:00", "2026-11-20T20:10:00.500000+01:00"


@pytest.mark.parametrize(
    ("action", "detail", "code", "params"),
    [
        ("playback", f"{FROM} to {TO}", "range-asked", {"start": FROM, "end": TO}),
        ("confirm-clock", f"it is {FROM}", "clock-said", {"instant": FROM}),
        ("live", "wall", "wall-shown", {}),
        ("sign-in", "unknown login", "login-unknown", {}),
        ("sign-in", "wrong password", "password-wrong", {}),
        ("sign-in", "the account is switched off", "account-switched-off", {}),
        ("create-camera", "Rue du Marché", "named", {"name": "Rue du Marché"}),
        ("release-hold", "PV 2026/114", "named", {"name": "PV 2026/114"}),
    ],
)
def test_a_plain_sentence_is_read_for_what_it_says(
    action: str, detail: str, code: str, params: dict[str, str]
) -> None:
    told = said_of(AuditEvent(AuditAction(action), Outcome.DONE, detail=detail))
    assert told is not None
    assert (told.code, dict(told.params), told.text) == (code, params, detail)


@pytest.mark.parametrize(
    ("action", "detail"), [("playback", "from Monday to Friday"), ("sign-in", ""), ("create-camera", "")]
)
def test_any_other_sentence_stays_one(action: str, detail: str) -> None:
    assert said_of(AuditEvent(AuditAction(action), Outcome.REFUSED, detail=detail)) is None


def test_a_reason_that_was_kept_comes_first() -> None:
    kept = '{"code":"no-camera","params":{}}'
    told = said_of(AuditEvent(AuditAction.LIVE, Outcome.REFUSED, detail="wall", why=kept))
    assert told is not None
    assert told.code == "no-camera"
