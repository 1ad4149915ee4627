"""Connectivity checks."""

import contextlib

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from mux.stun import parse_check, receiver_of, success
from shared.errors import BadInput

PASSWORD = "the-password-of-this-viewer"
SOURCE = ("192.0.2.9", 5000)


def request(
    password: str = PASSWORD, *, username: str | None = "ours:theirs", nominate: bool = True
) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    if username is not None:
        message.attributes["USERNAME"] = username
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_a_check_says_whom_it_is_for_and_whether_it_nominates() -> None:
    check = parse_check(request(nominate=False))
    assert check is not None
    assert not check.nominates
    assert receiver_of(request()) == "ours"


def test_a_check_is_proven_by_our_password_only() -> None:
    check = parse_check(request())
    assert check is not None
    assert check.proven_by(PASSWORD)
    assert not check.proven_by("another-password")


def test_a_check_without_integrity_proves_nothing() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "ours:theirs"
    check = parse_check(bytes(message))
    assert check is not None
    assert not check.proven_by(PASSWORD)


def test_the_answer_tells_the_source_its_address_and_proves_itself() -> None:
    check = parse_check(request())
    assert check is not None
    answer = stun.parse_message(success(check, SOURCE, PASSWORD))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == SOURCE
    assert answer.transaction_id == check.message.transaction_id
    assert answer.check_message_integrity(PASSWORD.encode())


def test_a_request_that_names_nobody_is_refused() -> None:
    with pytest.raises(BadInput, match="names no receiver"):
        receiver_of(request(username=None))


def test_an_answer_asks_nothing() -> None:
    answer = bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE))
    assert parse_check(answer) is None
    assert receiver_of(answer) is None


@given(st.binary(max_size=700))
def test_any_bytes_are_read_or_refused_as_bad_input(datagram: bytes) -> None:
    for reader in (parse_check, receiver_of):
        with contextlib.suppress(BadInput):
            reader(datagram)
        with contextlib.suppress(BadInput):
            reader(b"\x00\x01" + datagram)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_check_with_one_byte_changed_is_never_proven(place: int, change: int) -> None:
    datagram = bytearray(request())
    place %= len(datagram)
    if change == 0 or place >= len(datagram) - 8:
        return
    datagram[place] ^= change
    try:
        check = parse_check(bytes(datagram))
    except BadInput:
        return
    assert check is None or not check.proven_by(PASSWORD)
