import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.clock import SimulatedClock
from shared.errors import BadInput, TicketRefused, Unauthenticated
from shared.tickets import Action, Ticket, TicketSigner, TicketVerifier, bearer
from tests.support.tokens import signed
from tests.unit.shared.strategies import stream_ids

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW_S = 1_700_000_000
RESOURCE = "59350/cam-1/main"
HEADER = b'{"alg":"Ed25519","typ":"beffroi-ticket+jwt"}'
WALL_CLAIMS: dict[str, object] = {
    "jti": "t",
    "sub": "p",
    "sid": "s",
    "action": "wall",
    "aud": "wall",
    "exp": NOW_S + 60,
}
TICKET = Ticket("t-1", "p-1", "s-1", Action.LIVE, RESOURCE, NOW_S + 60)


def private_pem(key: Ed25519PrivateKey = KEY, encryption: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def public_pem(key: Ed25519PrivateKey = KEY) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


SIGNER = TicketSigner.from_pem(private_pem())
TOKEN = SIGNER.sign(TICKET)


def verifier() -> TicketVerifier:
    return TicketVerifier.from_pem(public_pem(), SimulatedClock(NOW_S * 1_000_000_000))


tickets = st.builds(
    Ticket,
    id=st.text(max_size=20),
    subject=st.text(max_size=20),
    session=st.text(max_size=20),
    action=st.sampled_from(Action),
    resource=stream_ids.map(str),
    until_s=st.integers(NOW_S + 1, NOW_S + 10**6),
    start_s=st.none() | st.integers(0, 2**40),
    end_s=st.none() | st.integers(0, 2**40),
    cameras=st.lists(stream_ids.map(lambda stream: stream.camera_path), max_size=64).map(tuple),
)


@given(tickets)
def test_a_ticket_is_read_back_as_it_was_signed(ticket: Ticket) -> None:
    assert verifier().verify(SIGNER.sign(ticket), ticket.action, ticket.resource) == ticket


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_a_ticket_with_one_character_altered_is_refused(at: int, character: str) -> None:
    assume(TOKEN[at] != character)
    with pytest.raises(TicketRefused):
        verifier().verify(TOKEN[:at] + character + TOKEN[at + 1 :], Action.LIVE, RESOURCE)


@given(st.integers(0, len(TOKEN)), st.text(min_size=1, max_size=5))
def test_a_ticket_with_something_put_in_is_refused(at: int, more: str) -> None:
    with pytest.raises(TicketRefused):
        verifier().verify(TOKEN[:at] + more + TOKEN[at:], Action.LIVE, RESOURCE)


@given(st.integers(0, len(TOKEN) - 1))
def test_a_ticket_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(TicketRefused):
        verifier().verify(TOKEN[:length], Action.LIVE, RESOURCE)


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        verifier().verify(text, Action.LIVE, RESOURCE)


def test_a_ticket_of_another_key_is_forged() -> None:
    forged = TicketSigner(OTHER_KEY).sign(TICKET)
    with pytest.raises(TicketRefused, match="forged"):
        verifier().verify(forged, Action.LIVE, RESOURCE)


def test_a_payload_under_another_ticket_s_signature_is_forged() -> None:
    other = SIGNER.sign(Ticket("t-2", "p-2", "s-2", Action.PLAYBACK, RESOURCE, NOW_S + 60))
    swapped = ".".join([*other.split(".")[:2], TOKEN.split(".")[2]])
    with pytest.raises(TicketRefused, match="forged"):
        verifier().verify(swapped, Action.PLAYBACK, RESOURCE)


def test_a_ticket_is_good_until_its_last_second() -> None:
    clock = SimulatedClock(TICKET.until_s * 1_000_000_000 - 1)
    assert TicketVerifier.from_pem(public_pem(), clock).verify(TOKEN, Action.LIVE, RESOURCE) == TICKET


def test_a_ticket_has_expired_when_its_time_is_reached() -> None:
    clock = SimulatedClock(TICKET.until_s * 1_000_000_000)
    with pytest.raises(TicketRefused, match="expired"):
        TicketVerifier.from_pem(public_pem(), clock).verify(TOKEN, Action.LIVE, RESOURCE)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.LIVE])
def test_a_ticket_for_another_action_is_refused(action: Action) -> None:
    with pytest.raises(TicketRefused, match=f"for live, not for {action}"):
        verifier().verify(TOKEN, action, RESOURCE)


@pytest.mark.parametrize("resource", ["59350/cam-1/sub", "59350/cam-10/main", "59350/cam-1/main ", ""])
def test_a_ticket_for_another_resource_is_refused(resource: str) -> None:
    with pytest.raises(TicketRefused, match="something else"):
        verifier().verify(TOKEN, Action.LIVE, resource)


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"id": 1}', b"\xff", b"[" * 2000])
def test_signed_bytes_that_are_no_ticket_are_refused(payload: bytes) -> None:
    with pytest.raises(TicketRefused, match="malformed"):
        verifier().verify(signed(HEADER, payload, KEY), Action.LIVE, RESOURCE)


def test_a_wall_of_the_most_cameras_with_the_longest_names_fits() -> None:
    cameras = tuple(f"59350/{number:040d}" for number in range(64))
    wall = Ticket("t" * 40, "p" * 40, "s" * 64, Action.WALL, "wall", NOW_S + 60, cameras=cameras)
    assert verifier().verify(SIGNER.sign(wall), Action.WALL, "wall").cameras == cameras


def test_a_ticket_of_one_stream_opens_no_wall() -> None:
    with pytest.raises(TicketRefused, match="for live, not for wall"):
        verifier().verify(TOKEN, Action.WALL, "wall")


@pytest.mark.parametrize(
    "cameras",
    [
        ["59350/cam-1"] * 65,
        ["59350/cam-1/main"],
        ["cam-1"],
        ["59350/Cam-1"],
        ["59350/cam-1\n"],
        "59350/cam-1",
        [1],
    ],
    ids=["too many", "with a kind", "no commune", "capitals", "a line end", "no list", "a number"],
)
def test_a_signed_wall_of_other_than_cameras_is_refused(cameras: object) -> None:
    payload = json.dumps({**WALL_CLAIMS, "cameras": cameras}).encode()
    with pytest.raises(TicketRefused, match="malformed"):
        verifier().verify(signed(HEADER, payload, KEY), Action.WALL, "wall")


def test_the_same_wall_of_cameras_is_taken() -> None:
    payload = json.dumps({**WALL_CLAIMS, "cameras": ["59350/cam-1"]}).encode()
    taken = verifier().verify(signed(HEADER, payload, KEY), Action.WALL, "wall")
    assert taken.cameras == ("59350/cam-1",)


@pytest.mark.parametrize("claim", ["jti", "sub", "sid", "action", "aud", "exp"])
@pytest.mark.parametrize("value", [..., None, [], {}, ["wall"]])
def test_a_signed_ticket_that_lacks_a_claim_or_has_another_kind_of_one_is_refused(
    claim: str, value: object
) -> None:
    claims = {name: said for name, said in WALL_CLAIMS.items() if name != claim}
    if value is not ...:
        claims[claim] = value
    with pytest.raises(TicketRefused, match="malformed"):
        verifier().verify(signed(HEADER, json.dumps(claims).encode(), KEY), Action.WALL, "wall")


def test_of_a_claim_said_twice_the_last_counts() -> None:
    """RFC 7519 section 4: refused, or the last; only control_room could sign such a ticket."""
    twice = json.dumps(WALL_CLAIMS)[:-1] + ', "action": "live"}'
    with pytest.raises(TicketRefused, match="for live, not for wall"):
        verifier().verify(signed(HEADER, twice.encode(), KEY), Action.WALL, "wall")


def test_a_token_of_the_form_before_is_refused() -> None:
    with pytest.raises(TicketRefused, match="malformed"):
        verifier().verify("v1." + TOKEN.partition(".")[2], Action.LIVE, RESOURCE)


def test_an_endless_token_is_refused() -> None:
    with pytest.raises(TicketRefused, match="malformed"):
        verifier().verify(TOKEN.partition(".")[0] + "." + "a" * 10_000_000, Action.LIVE, RESOURCE)


def test_a_token_goes_into_a_url_as_it_is() -> None:
    assert set(TOKEN) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        public_pem(),
        private_pem(KEY, BestAvailableEncryption(b"pass")),
        generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
    ids=["empty", "garbage", "public", "encrypted", "another curve"],
)
def test_a_signer_needs_an_ed25519_private_key(pem: bytes) -> None:
    with pytest.raises(BadInput, match="ticket key"):
        TicketSigner.from_pem(pem)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        private_pem(),
        generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["empty", "garbage", "private", "another curve"],
)
def test_a_verifier_needs_an_ed25519_public_key(pem: bytes) -> None:
    with pytest.raises(BadInput, match="ticket key"):
        TicketVerifier.from_pem(pem, SimulatedClock())


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_token_comes_from_the_authorization_header(header: str) -> None:
    assert bearer(header) == "abc"


def test_a_token_may_come_from_the_query() -> None:
    assert bearer(None, "abc") == "abc"


def test_the_header_counts_more_than_the_query() -> None:
    assert bearer("Bearer header", "query") == "header"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "abc"])
def test_without_a_token_nobody_is_known(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        bearer(header)
