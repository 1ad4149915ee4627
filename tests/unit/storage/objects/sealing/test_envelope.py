"""The envelopes of data keys: each is good for one camera and day, under one key."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.objects.sealing.envelope import BrokenEnvelope, Key, WrongKey, unwrapped, wrapped

COMMUNE, OTHER, DATA = Key(b"c" * 32), Key(b"o" * 32), Key(b"d" * 32)
SCOPE = "59350/place/20260701"


def test_a_data_key_comes_out_of_its_envelope_by_whichever_key_it_was_wrapped() -> None:
    envelope = wrapped(DATA, COMMUNE, SCOPE)
    assert unwrapped(envelope, (OTHER, COMMUNE), SCOPE) == DATA
    assert base64.urlsafe_b64encode(DATA.secret)[:20] not in envelope


def test_the_envelope_of_one_day_is_refused_for_another() -> None:
    with pytest.raises(BrokenEnvelope, match="another"):
        unwrapped(wrapped(DATA, COMMUNE, SCOPE), (COMMUNE,), "59350/place/20260702")


def test_a_wrong_key_is_told_from_a_changed_envelope_and_the_right_one_is_named() -> None:
    with pytest.raises(WrongKey, match=COMMUNE.id):
        unwrapped(wrapped(DATA, COMMUNE, SCOPE), (OTHER,), SCOPE)
    with pytest.raises(WrongKey, match=COMMUNE.id):
        unwrapped(wrapped(DATA, COMMUNE, SCOPE), (), SCOPE)


@settings(max_examples=40)
@given(place=st.floats(0, 1, exclude_max=True), put=st.integers(0, 255))
def test_no_changed_envelope_gives_another_key(place: float, put: int) -> None:
    envelope = bytearray(wrapped(DATA, COMMUNE, SCOPE))
    envelope[int(place * len(envelope))] = put
    try:
        assert unwrapped(bytes(envelope), (COMMUNE,), SCOPE) == DATA
    except (BrokenEnvelope, WrongKey):
        return


@settings(max_examples=40)
@given(st.binary(max_size=3000))
def test_any_bytes_are_an_envelope_or_are_refused(envelope: bytes) -> None:
    with pytest.raises((BrokenEnvelope, WrongKey)):
        unwrapped(envelope, (COMMUNE,), SCOPE)


def test_an_envelope_is_a_jwe_of_a_jwk() -> None:
    header = wrapped(DATA, COMMUNE, SCOPE).split(b".")[0]
    told = json.loads(base64.urlsafe_b64decode(header + b"=" * (-len(header) % 4)))
    assert (told["alg"], told["enc"], told["cty"], told["kid"]) == ("dir", "A256GCM", "jwk+json", COMMUNE.id)


@pytest.mark.parametrize(
    "jwk", [None, {}, {"kty": "oct"}, {"kty": "oct", "k": "AA"}, {"kty": "oct", "k": "\xe9"}, {"kty": "EC"}]
)
def test_what_is_no_key_is_refused(jwk: object) -> None:
    with pytest.raises(ValueError, match="it is"):
        Key.from_jwk(jwk)
