"""Connectivity checks, held to another implementation of STUN."""

import contextlib

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from mux.transport.stun import Check, Integrity, parse_check, success
from shared.errors import BadInput

PASSWORD = "the-password-of-this-viewer"
SOURCE = ("192.0.2.9", 5000)
ATTRIBUTES = {
    "PRIORITY": st.integers(0, 2**32 - 1),
    "ICE-CONTROLLING": st.integers(0, 2**64 - 1),
    "USE-CANDIDATE": st.none(),
    "SOFTWARE": st.text(max_size=9),
    "DATA": st.binary(max_size=30),
}
FRAGMENTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789+/", min_size=1, max_size=40)


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


def check_of(datagram: bytes) -> Check:
    check = parse_check(datagram)
    assert check is not None
    return check


def test_a_check_says_whom_it_is_for_and_whether_it_nominates() -> None:
    check = check_of(request(nominate=False))
    assert not check.nominates
    assert check.receiver == "ours"


def test_a_check_is_proven_by_our_password_only() -> None:
    check = check_of(request())
    assert check.proven_by(Integrity(PASSWORD))
    assert not check.proven_by(Integrity("another-password"))


def test_a_check_without_integrity_proves_nothing() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "ours:theirs"
    check = check_of(bytes(message))
    assert not check.proven_by(Integrity(PASSWORD))
    assert not check.proven_by(Integrity(""))


def test_what_follows_the_integrity_is_not_believed() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "ours:theirs"
    message.add_message_integrity(PASSWORD.encode())
    del message.attributes["FINGERPRINT"]
    message.attributes["USE-CANDIDATE"] = None
    check = check_of(bytes(message))
    assert check.proven_by(Integrity(PASSWORD))
    assert not check.nominates


@given(
    FRAGMENTS, st.permutations(sorted(ATTRIBUTES)), st.sets(st.sampled_from(sorted(ATTRIBUTES))), st.data()
)
def test_checks_are_read_as_another_implementation_reads_them(
    receiver: str, order: list[str], present: set[str], data: st.DataObject
) -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    for name in order:
        if name in present:
            message.attributes[name] = data.draw(ATTRIBUTES[name])
    message.attributes["USERNAME"] = f"{receiver}:theirs"
    message.add_message_integrity(PASSWORD.encode())
    datagram = bytes(message)
    theirs, ours = stun.parse_message(datagram), check_of(datagram)
    assert ours.receiver == receiver
    assert ours.transaction == theirs.transaction_id
    assert ours.nominates is ("USE-CANDIDATE" in theirs.attributes)
    assert ours.proven_by(Integrity(PASSWORD))
    assert theirs.check_message_integrity(PASSWORD.encode())
    assert not ours.proven_by(Integrity(PASSWORD + "x"))


@given(st.ip_addresses(v=4), st.integers(0, 65535), FRAGMENTS)
def test_the_answer_is_the_other_implementations_byte_for_byte(
    host: object, port: int, password: str
) -> None:
    check, source = check_of(request()), (str(host), port)
    expected = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.transaction)
    expected.attributes["XOR-MAPPED-ADDRESS"] = source
    expected.add_message_integrity(password.encode())
    assert success(check, source, Integrity(password)) == bytes(expected)


def test_the_answer_tells_the_source_its_address_and_proves_itself() -> None:
    check = check_of(request())
    answer = stun.parse_message(success(check, SOURCE, Integrity(PASSWORD)))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == SOURCE
    assert answer.transaction_id == check.transaction
    assert answer.check_message_integrity(PASSWORD.encode())


@pytest.mark.parametrize("username", [None, "ours", ":theirs", "öurs:theirs"])
def test_a_request_that_names_nobody_is_refused(username: str | None) -> None:
    with pytest.raises(BadInput, match="names no receiver"):
        parse_check(request(username=username))


def test_a_message_without_the_cookie_is_refused() -> None:
    datagram = request()
    with pytest.raises(BadInput, match="malformed"):
        parse_check(datagram[:4] + bytes(4) + datagram[8:])


def test_an_answer_asks_nothing() -> None:
    assert parse_check(bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE))) is None


@given(st.binary(max_size=700))
def test_any_bytes_are_read_or_refused_as_bad_input(datagram: bytes) -> None:
    for start in (b"", request()[:2] + (len(datagram)).to_bytes(2, "big") + request()[4:20]):
        with contextlib.suppress(BadInput):
            parse_check(start + datagram)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_check_with_one_byte_changed_is_never_proven(place: int, change: int) -> None:
    datagram = bytearray(request())
    # The fingerprint at the end is no part of what is proven.
    datagram[place % (len(datagram) - 8)] ^= change
    try:
        check = parse_check(bytes(datagram))
    except BadInput:
        return
    assert check is None or not check.proven_by(Integrity(PASSWORD))
