"""The certificate of a recipient: who it is of, until when, and nothing kept of what lay beside it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.recipient import RecipientCertificate
from shared.evidence.seal_key import make_seal_key

MADE = datetime(2026, 1, 1, tzinfo=UTC)
KEY = make_seal_key("Commissariat de Lille", MADE)
PEM = KEY.certificate.pem.decode()


def told_of(text: str) -> object:
    """What a text is taken for: what it is of, or the field that is at fault."""
    try:
        return type(RecipientCertificate.from_pem(text))
    except BadInput as error:
        return error.field


def test_it_says_whom_it_is_of_and_until_when() -> None:
    found = RecipientCertificate.from_pem(PEM)
    assert (found.name, found.fingerprint) == ("Commissariat de Lille", KEY.certificate.fingerprint)
    assert MADE < found.expires_at < datetime(2060, 1, 1, tzinfo=UTC)


def test_a_key_that_was_given_with_it_is_not_kept() -> None:
    found = RecipientCertificate.from_pem(KEY.key_pem().decode() + PEM + "and a note")
    assert found.pem == PEM


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.text(), st.tuples(st.integers(0, len(PEM)), st.text(max_size=4))))
def test_whatever_is_typed_is_a_certificate_or_refused_at_its_field(typed: str | tuple[int, str]) -> None:
    text = typed if isinstance(typed, str) else PEM[: typed[0]] + typed[1] + PEM[typed[0] + 1 :]
    assert told_of(text) in ("recipient", RecipientCertificate)


@pytest.mark.parametrize("text", ["", "nobody", KEY.key_pem().decode(), "\udcff"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a PEM certificate of an RSA key"):
        RecipientCertificate.from_pem(text)
