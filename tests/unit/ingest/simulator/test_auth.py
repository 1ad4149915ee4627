"""How the simulated camera asks for a password and judges the answer."""

import base64
import hashlib

import pytest

from ingest.simulator.auth import REALM, Door, Scheme, Verdict
from ingest.simulator.rtsp import Request

URI = "rtsp://c/x"


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def _signed(door: Door, password: str = "right", scheme: Scheme = Scheme.MD5, count: int = 1) -> Request:
    """A request signed for the door's first digest challenge."""
    challenge = next(text for text in door.challenges() if text.startswith("Digest"))
    nonce = challenge.split('nonce="')[1].split('"')[0]
    algorithm = "SHA-256" if scheme is Scheme.SHA256 else "MD5"
    first = _hash(algorithm, f"{door.username}:{REALM}:{password}")
    middle, more = nonce, ""
    if scheme is Scheme.MD5_QOP:
        middle = f"{nonce}:{count:08x}:abc:auth"
        more = f', qop=auth, nc={count:08x}, cnonce="abc"'
    proof = _hash(algorithm, f"{first}:{middle}:" + _hash(algorithm, f"DESCRIBE:{URI}"))
    value = f'Digest username="{door.username}", nonce="{nonce}", uri="{URI}", response="{proof}"'
    return Request("DESCRIBE", URI, {"authorization": f"{value}, algorithm={algorithm}{more}"})


@pytest.mark.parametrize("scheme", [Scheme.MD5, Scheme.SHA256, Scheme.MD5_QOP])
def test_the_right_password_is_right_in_each_digest(scheme: Scheme) -> None:
    door = Door("viewer", "right", (scheme,))
    assert door.judge(_signed(door, scheme=scheme)) is Verdict.RIGHT
    assert door.judge(_signed(door, "wrong", scheme)) is Verdict.WRONG


def test_a_digest_that_was_not_offered_is_wrong() -> None:
    door = Door("viewer", "right", (Scheme.SHA256,))
    assert door.judge(_signed(door, scheme=Scheme.MD5)) is Verdict.WRONG


def test_a_request_without_credentials_has_none() -> None:
    assert Door("viewer", "right").judge(Request("DESCRIBE", URI, {})) is Verdict.MISSING


def test_a_count_used_twice_is_a_replay() -> None:
    door = Door("viewer", "right", (Scheme.MD5_QOP,))
    request = _signed(door, scheme=Scheme.MD5_QOP)
    assert [door.judge(request), door.judge(request)] == [Verdict.RIGHT, Verdict.WRONG]


def test_after_its_uses_a_nonce_is_stale_and_the_next_one_good() -> None:
    door = Door("viewer", "right", nonce_uses=2)
    old = _signed(door)
    assert [door.judge(old) for _ in range(3)] == [Verdict.RIGHT, Verdict.RIGHT, Verdict.STALE]
    assert "stale=true" in door.challenges(stale=True)[0]
    assert door.judge(_signed(door)) is Verdict.RIGHT


@pytest.mark.parametrize(
    ("schemes", "verdict"), [((Scheme.BASIC,), Verdict.RIGHT), ((Scheme.MD5,), Verdict.WRONG)]
)
def test_basic_is_taken_where_it_is_offered_only(schemes: tuple[Scheme, ...], verdict: Verdict) -> None:
    token = base64.b64encode(b"viewer:right").decode()
    request = Request("DESCRIBE", URI, {"authorization": f"Basic {token}"})
    assert Door("viewer", "right", schemes).judge(request) is verdict
