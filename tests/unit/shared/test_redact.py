import time
import timeit
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shared.redact import MASK, MAX_CHARS, is_secret_name, redact

# Long enough and marked, so that finding it in the output proves a leak and not a coincidence.
ODD = st.text(st.sampled_from("aZ9@:/?#[]%&=+$!*(){}|~^_.,;-\\'\"é "), min_size=1, max_size=12)
passwords = ODD.map(lambda text: f"S3C{text}R3T")
unquoted = passwords.filter(lambda text: not set(text) & set("'\" "))
tokens = st.text(st.sampled_from("abcXYZ0189-_"), min_size=16, max_size=60).filter(
    lambda text: text.strip("-")
)


def leaks(secret: str, text: str) -> bool:
    """Whether a piece of the secret is left: its marked ends included."""
    return "S3C" in text or "R3T" in text or secret in text


@given(passwords.filter(lambda text: "@" not in text or " " not in text[text.index("@") :]))
@example("p@ss:w/rd?#S3CR3T")
def test_no_password_of_a_camera_s_address_survives(password: str) -> None:
    assert not leaks(password, redact(f"cannot open rtsp://admin:{password}@10.0.0.1:554/stream1: timed out"))


@given(unquoted, st.sampled_from(["'", '"']))
def test_no_password_of_an_address_in_quotes_survives(password: str, mark: str) -> None:
    assert not leaks(
        password, redact(f"opening {mark}rtsp://admin:{password}@10.0.0.1/x{mark}, then nothing")
    )


@given(passwords)
def test_no_percent_encoded_password_survives(password: str) -> None:
    encoded = quote(password, safe="")
    assert not leaks(encoded, redact(f"cannot open rtsp://admin:{encoded}@10.0.0.1/stream1"))


@given(passwords)
def test_no_password_of_an_address_inside_an_address_survives(password: str) -> None:
    inner = quote(f"rtsp://admin:{quote(password, safe='')}@10.0.0.1/x", safe="")
    assert not leaks(inner, redact(f"GET /probe?url={inner}&n=1"))


@given(
    tokens.map(lambda token: f"S3C{token}R3T"),
    st.sampled_from(["redis", "postgresql+asyncpg", "https", "http"]),
)
def test_no_password_of_a_service_s_address_survives(password: str, scheme: str) -> None:
    assert not leaks(password, redact(f"{scheme}://user:{password}@host:1234/0 does not answer"))


@given(
    passwords.filter(lambda text: " " not in text),
    st.sampled_from(["password", "pwd", "token", "ticket", "api_key"]),
)
def test_no_secret_of_a_query_string_survives(password: str, name: str) -> None:
    encoded = quote(password, safe="")
    assert not leaks(encoded, redact(f"GET /x?camera=1&{name}={encoded}&last=1 HTTP/1.1"))


@given(passwords)
def test_no_secret_in_the_repr_of_a_mapping_survives(password: str) -> None:
    assert not leaks(password, redact(str({"user": "bob", "password": password, "n": 1})))


@given(passwords.map(lambda text: text.replace('"', "").replace("\\", "")))
def test_no_digest_header_survives(username: str) -> None:
    header = f'Authorization: Digest username="{username}", realm="x", nonce="n", response="S3Ccafe"'
    assert not leaks(username, redact(f"PLAY rtsp://10.0.0.1/x RTSP/1.0\r\n{header}\r\nCSeq: 4"))


@given(tokens)
def test_no_bearer_token_survives(token: str) -> None:
    assert token not in redact(f"sent Authorization: Bearer {token} to the mux")


@given(tokens)
def test_no_bearer_token_without_its_header_survives(token: str) -> None:
    assume(not token.islower())
    assert token not in redact(f"refused Bearer {token}")


@given(tokens, tokens)
def test_no_ticket_survives_wherever_it_stands(payload: str, signature: str) -> None:
    assume(payload[0].isalnum() and signature[-1].isalnum())
    assert payload not in redact(f"cannot read v1.{payload}.{signature} here")


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "Basic YWRtaW46cGFzc3dvcmQ= was sent",
        "{'Authorization': 'Basic YWRtaW46cGFzc3dvcmQ='}",
        "[(b'authorization', b'Basic YWRtaW46cGFzc3dvcmQ=')]",
        "authorization: basic YWRtaW46cGFzc3dvcmQ=",
        "Cookie: other=1; beffroi_session=YWRtaW46cGFzc3dvcmQ=",
        "set-cookie: beffroi_session=YWRtaW46cGFzc3dvcmQ=; HttpOnly",
        '{"password": "YWRtaW46cGFzc3dvcmQ="}',
        '{\\"password\\": \\"YWRtaW46cGFzc3dvcmQ=\\"}',
        "ingest --token YWRtaW46cGFzc3dvcmQ= --commune 59350",
        "BEFFROI_SECRET_KEY=YWRtaW46cGFzc3dvcmQ=",
        "X-Amz-Signature=YWRtaW46cGFzc3dvcmQ=",
        "Port could not be cast to integer value as 'YWRtaW46cGFzc3dvcmQ='",
        "-----BEGIN PRIVATE KEY-----\nYWRtaW46cGFzc3dvcmQ=\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nYWRtaW46cGFzc3dvcmQ=",
        "WantedCamera(username='admin', password='YWRtaW46cGFzc3dvcmQ=')",
        "password = 'YWRtaW46cGFzc3dvcmQ=",
    ],
)
def test_a_credential_of_a_known_form_is_taken_out(text: str) -> None:
    assert "YWRtaW46" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "the camera wants Digest authentication and offered Basic information",
        "Bearer authentication failed",
        "the ticket is for live, not for playback",
        "run 4 of 59350/cam-1/main has no key unit after 300 units",
        "cannot connect to rtsp://10.0.0.1:554/stream1: connection refused",
        "GET http://10.0.0.1:8080/onvif/user@home",
        "http://host/search?mail=bob@example.org",
        "BEFFROI_TICKET_PUBLIC_KEY_FILE=/etc/beffroi/ticket.pem is not a file",
        "BEFFROI_SECRET_KEY is not set",
        "key=True pts90=90000 author: bob authorisation=2024-12",
        "'rtsp://10.0.0.1:554', bob@example.org",
        "rtsp://cam:554 refused, ask bob@example.org",
        "[Errno 111] Connect call failed ('127.0.0.1', 6379)",
        "/var/lib/beffroi/segments/59350/cam-1/2026-01-01T00:00:00Z.mp4: No space left on device",
        "",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_the_host_of_an_address_stays() -> None:
    assert redact("rtsp://u:p@10.0.0.1:554/x refused") == f"rtsp://{MASK}@10.0.0.1:554/x refused"


def test_what_comes_after_a_secret_in_a_query_stays() -> None:
    assert redact("/x?ticket=abc&camera=cam-1") == f"/x?ticket={MASK}&camera=cam-1"


def test_each_address_of_a_list_keeps_its_host() -> None:
    text = '{"a":"rtsp://u:p@one/1","b":"rtsp://u:p@two/2"}'
    assert redact(text) == f'{{"a":"rtsp://{MASK}@one/1","b":"rtsp://{MASK}@two/2"}}'


def test_the_lines_around_a_header_stay() -> None:
    assert (
        redact("CSeq: 1\nAuthorization: Digest a=b\nRange: npt")
        == f"CSeq: 1\nAuthorization: {MASK}\nRange: npt"
    )


def test_a_text_without_end_is_cut() -> None:
    assert len(redact("word " * 1_000_000)) < MAX_CHARS + 100


def test_an_address_that_is_cut_does_not_show_its_password() -> None:
    assert "S3C" not in redact("x " * (MAX_CHARS // 2 - 10) + "rtsp://admin:S3C" + "x" * MAX_CHARS + "@host/")


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "://",
        "rtsp://",
        "'rtsp://",
        "password",
        "digest ",
        " ",
        "cookie:",
        "v1.",
        "-",
        "session-",
        "\"'",
        "a%3A%2F",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.monotonic()
    redact(piece * 20_000)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "name", ["password", "Authorization", "worker_token", "cookie", "apiKey", "PASS", "session"]
)
def test_the_name_of_a_secret_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["camera", "authorisation", "tap_key_file", "ticket_count", "compass", "author", "key"]
)
def test_the_name_of_what_is_no_secret_is_left_alone(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "piece",
    [
        "rtsp://",
        "'rtsp://",
        "rtsp://a:",
        "http://a:b",
        "rtsp%3A%2F%2F",
        "a-token",
        "pass=",
        "-",
        "cookie",
        "x@",
        '"',
    ],
)
def test_no_text_takes_the_square_of_its_length(piece: str) -> None:
    took_s = min(timeit.repeat(lambda: redact(piece * (MAX_CHARS // len(piece))), number=1, repeat=3))
    # Half as much again as the slowest takes here on a busy machine; a second and more without bounds.
    assert took_s < 0.6
