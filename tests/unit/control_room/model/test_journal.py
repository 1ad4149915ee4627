"""What the journal holds, as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.model.chain import GENESIS, follow, line_of
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from shared.evidence.journal_chain import JournalChain
from shared.reasons import read, why
from tests.unit.control_room.model.test_chain import START


def test_telling_another_ending_keeps_who_and_what_and_says_why_as_a_code() -> None:
    event = AuditEvent(AuditAction.LIVE, Outcome.GRANTED, who="p-1", camera="cam-1", detail="wall")
    reason = why("login-taken", "the login {login} is taken", login="ada")
    refused = event.telling(reason, Outcome.REFUSED)
    assert (refused.who, refused.camera, refused.outcome) == ("p-1", "cam-1", Outcome.REFUSED)
    assert read(refused.why, refused.detail) == reason
    assert refused.telling("wall", Outcome.GRANTED) == event


@given(st.text().filter(lambda text: text not in set(AuditAction)))
def test_an_action_that_nobody_knows_is_read_as_it_stands_and_is_none_of_ours(text: str) -> None:
    """A row may be altered, or of another version: the chain must be able to say so."""
    foreign = AuditAction(text)
    assert (foreign.value, str(foreign)) == (text, text)
    assert foreign not in list(AuditAction)
    entry = follow(1, START, AuditEvent(foreign, Outcome.DONE), GENESIS)
    chain = JournalChain()
    chain.add([line_of(entry)])
    assert chain.end(1, entry.hash) is None


def test_what_is_no_text_is_no_action() -> None:
    with pytest.raises(ValueError, match="7"):
        AuditAction(7)  # type: ignore[arg-type]  # as a broken driver might give it
