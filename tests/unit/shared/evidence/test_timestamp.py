"""A token proves when an authority saw this very manifest, or proves nothing."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.evidence.timestamp import ask, check, taken
from tests.support.authority import Authority

MANIFEST = b'{"format": "beffroi-export-2"}'
DIGEST = hashlib.sha256(MANIFEST).digest()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    return taken(authority.answer(ask(DIGEST, 7)), DIGEST, 7)


def test_a_token_says_when_and_by_whom(authority: Authority, token: bytes) -> None:
    stamped = check(token, MANIFEST, authority.pem)
    assert stamped.authority == "CN=Test authority"
    assert abs(stamped.at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_token_of_another_manifest_is_refused(authority: Authority, token: bytes) -> None:
    with pytest.raises(BadInput, match="of another manifest"):
        check(token, MANIFEST + b" ", authority.pem)


def test_a_token_of_another_authority_is_refused(token: bytes) -> None:
    with pytest.raises(BadInput, match="not the trusted one"):
        check(token, MANIFEST, Authority().pem)


def test_an_answer_to_another_request_is_refused(authority: Authority) -> None:
    with pytest.raises(BadInput, match="another request"):
        taken(authority.answer(ask(DIGEST, 8)), DIGEST, 7)
    with pytest.raises(BadInput, match="another request"):
        taken(authority.answer(ask(bytes(32), 7)), DIGEST, 7)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_changed_token_is_refused_in_words_or_says_the_same(
    authority: Authority, token: bytes, where: float, change: int
) -> None:
    damaged = bytearray(token)
    damaged[int(where * len(token))] ^= change
    told = None
    try:
        told = check(bytes(damaged), MANIFEST, authority.pem)
    except BadInput as error:
        assert str(error).startswith("the ")  # noqa: PT017  # either is right
    assert told in (None, check(token, MANIFEST, authority.pem))


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_words(authority: Authority, data: bytes) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        check(data, MANIFEST, authority.pem)
    with pytest.raises(BadInput, match=r"cannot be read|refused"):
        taken(data, DIGEST, 7)
