"""Tokens are JWS that others can read, and no form of JWS but ours opens anything."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as peer
from joserfc.jwk import OKPKey

from shared.errors import TicketRefused
from shared.jws import Sealed, header_of, opened
from tests.support.tokens import part, signed, token

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
RAW = PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)
TYPE = "beffroi-test+jwt"
HEADER = header_of(TYPE)
PAYLOAD = b'{"sub":"p-1"}'
MOST = 16384
PLAIN = b'{"alg":"Ed25519","typ":"beffroi-test+jwt"}'
GOOD = Sealed(KEY, HEADER).token(PAYLOAD)


def read(text: str) -> bytes:
    return opened(PUBLIC, HEADER, text, "test", MOST)


@given(st.binary(max_size=300))
def test_what_is_signed_is_read_back_by_us_and_by_a_library(payload: bytes) -> None:
    made = Sealed(KEY, HEADER).token(payload)
    assert read(made) == payload
    theirs = peer.deserialize_compact(made, OKPKey.import_key(PEM), algorithms=["Ed25519"])
    assert theirs.payload == payload
    assert theirs.headers() == {"alg": "Ed25519", "typ": TYPE}


def test_what_a_library_signs_under_our_header_is_taken() -> None:
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": part(RAW), "d": part(bytes(range(32)))})
    made = peer.serialize_compact({"alg": "Ed25519", "typ": TYPE}, PAYLOAD, key, algorithms=["Ed25519"])
    assert read(made) == PAYLOAD


@pytest.mark.parametrize("secret", [PEM, RAW, part(RAW).encode()], ids=["PEM", "raw", "base64url"])
@pytest.mark.parametrize("header", [PLAIN.replace(b"Ed25519", b"HS256"), PLAIN])
def test_the_public_key_is_no_secret_to_sign_with(secret: bytes, header: bytes) -> None:
    with pytest.raises(TicketRefused):
        read(token(header, PAYLOAD, lambda text: hmac.new(secret, text, sha256).digest()))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_no_token_goes_without_a_signature(alg: str) -> None:
    for header in (PLAIN.replace(b"Ed25519", alg.encode()), PLAIN):
        with pytest.raises(TicketRefused):
            read(token(header, PAYLOAD, lambda _text: b""))


@pytest.mark.parametrize(
    "header",
    [
        PLAIN.replace(b"Ed25519", b"EdDSA"),
        PLAIN.replace(b"Ed25519", b"ES256"),
        PLAIN.replace(b"beffroi-test", b"beffroi-ticket"),
        b'{"alg":"Ed25519"}',
        b'{"typ":"beffroi-test+jwt","alg":"Ed25519"}',
        b'{"alg": "Ed25519","typ":"beffroi-test+jwt"}',
        PLAIN[:-1] + b',"kid":"other"}',
        PLAIN[:-1] + b',"kid":"../../secrets/ticket.pem"}',
        PLAIN[:-1] + b',"jku":"https://evil.example/keys"}',
        PLAIN[:-1] + b',"jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}}',
        PLAIN[:-1] + b',"crit":["zz"],"zz":1}',
        PLAIN[:-1] + b',"crit":[]}',
        PLAIN[:-1] + b',"crit":["b64"],"b64":false}',
        PLAIN[:-1] + b',"alg":"none"}',
        b'{"alg":"none",' + PLAIN[1:],
        b'{"typ":"JWT",' + PLAIN[1:],
        b"",
        b"[]",
        b"\xff",
        b"[" * 5000,
    ],
)
def test_a_good_signature_under_any_other_header_opens_nothing(header: bytes) -> None:
    assert header != PLAIN
    with pytest.raises(TicketRefused, match="malformed"):
        read(signed(header, PAYLOAD, KEY))


def test_the_same_under_our_header_is_taken() -> None:
    assert read(signed(PLAIN, PAYLOAD, KEY)) == PAYLOAD


def test_a_payload_that_is_not_encoded_is_refused() -> None:
    with pytest.raises(TicketRefused):
        read(f"{HEADER}.{PAYLOAD.decode()}.{part(KEY.sign(f'{HEADER}.{PAYLOAD.decode()}'.encode()))}")


@pytest.mark.parametrize(
    "altered",
    [
        GOOD + "=",
        GOOD + "==",
        GOOD + "\n",
        " " + GOOD,
        GOOD + ".",
        GOOD[:-3] + "!" + GOOD[-3:],
        GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
        GOOD.replace("_", "/").replace("-", "+") + "é",
        GOOD + "." + GOOD,
    ],
)
def test_a_token_has_one_spelling(altered: str) -> None:
    with pytest.raises(TicketRefused):
        read(altered)


def test_a_token_of_one_type_is_none_of_another() -> None:
    with pytest.raises(TicketRefused):
        opened(PUBLIC, header_of("beffroi-other+jwt"), GOOD, "test", MOST)
