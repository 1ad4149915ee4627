"""Signing in, against the examples of the RFCs."""

import re

import pytest

from ingest.rtsp.digest import Answers, Challenge, Credentials, Strength, best_challenge

MUFASA = Credentials("Mufasa", "Circle of Life")
RFC7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def _challenge(*headers: str) -> Challenge:
    challenge = best_challenge(headers)
    assert challenge is not None
    return challenge


def _response(authorization: str) -> str:
    found = re.search(r'response="(\w+)"', authorization)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_section_3_9_1(algorithm: str, expected: str) -> None:
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    answers = Answers(_challenge(RFC7616.format(algorithm)), MUFASA, lambda: cnonce)
    authorization = answers.authorization("GET", "/dir/index.html")
    assert _response(authorization) == expected
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in authorization
    assert f"algorithm={algorithm}" in authorization
    assert "qop=auth, nc=00000001" in authorization


def test_the_example_of_rfc_2617_section_3_5() -> None:
    challenge = _challenge(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answers = Answers(challenge, Credentials("Mufasa", "Circle Of Life"), lambda: "0a4f113b")
    assert _response(answers.authorization("GET", "/dir/index.html")) == "6629fae49393a05397450978507c4ef1"


def test_without_qop_the_answer_is_that_of_rfc_2069() -> None:
    answers = Answers(Challenge(Strength.MD5, "camera", "abc"), Credentials("u", "p"), lambda: "x")
    authorization = answers.authorization("DESCRIBE", "rtsp://c/x")
    # md5(md5("u:camera:p"):abc:md5("DESCRIBE:rtsp://c/x"))
    assert _response(authorization) == "dc09c3d8cece95ecfcbcc4e425b91c02"
    assert "cnonce" not in authorization
    assert "nc=" not in authorization


def test_a_session_key_is_made_of_both_nonces() -> None:
    plain = Answers(_challenge(RFC7616.format("MD5")), MUFASA, lambda: "c")
    session = Answers(_challenge(RFC7616.format("MD5-sess")), MUFASA, lambda: "c")
    other = Answers(_challenge(RFC7616.format("MD5-sess")), MUFASA, lambda: "d")
    answers = {_response(each.authorization("GET", "/")) for each in (plain, session, other)}
    assert len(answers) == 3


def test_each_answer_is_counted() -> None:
    answers = Answers(_challenge(RFC7616.format("MD5")), MUFASA, lambda: "c")
    first, second = answers.authorization("GET", "/"), answers.authorization("GET", "/")
    assert ("nc=00000001" in first, "nc=00000002" in second) == (True, True)
    assert _response(first) != _response(second)


@pytest.mark.parametrize(
    "headers",
    [
        ('Basic realm="a"', 'Digest realm="b", nonce="1"', 'Digest realm="c", nonce="2", algorithm=SHA-256'),
        ('Digest realm="c", nonce="2", algorithm=SHA-256, Digest realm="b", nonce="1", Basic realm="a"',),
        ('Basic realm="a, Digest nonce=x", Digest realm="c", nonce="2", algorithm="SHA-256-sess"',),
    ],
)
def test_the_strongest_of_all_challenges_is_answered(headers: tuple[str, ...]) -> None:
    assert (_challenge(*headers).strength, _challenge(*headers).realm) == (Strength.SHA256, "c")


def test_basic_is_used_where_nothing_else_is_offered() -> None:
    answers = Answers(_challenge('Basic realm="a"'), Credentials("u", "p"), lambda: "")
    assert answers.authorization("DESCRIBE", "x") == "Basic dTpw"


@pytest.mark.parametrize(
    "headers", [(), ("Bearer x",), ('Digest realm="a"',), ('Digest nonce="1", algorithm=SHA-512',)]
)
def test_what_cannot_be_answered_is_no_challenge(headers: tuple[str, ...]) -> None:
    assert best_challenge(headers) is None


def test_quotes_in_names_are_escaped() -> None:
    answers = Answers(Challenge(Strength.MD5, 'a"b', "n"), Credentials('u"\\', "p"), lambda: "")
    assert r'username="u\"\\", realm="a\"b"' in answers.authorization("OPTIONS", "*")


def test_credentials_do_not_show_themselves() -> None:
    assert "Circle" not in repr(MUFASA)
