"""What lies behind a reason is one of a few codes, whatever error it was."""

import errno
import socket
import sqlite3
import ssl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.causes import CODES, cause_of, decoders, technical
from shared.errors import BadInput, Unavailable
from shared.reasons import Cause, Reason, why


def code_of(error: BaseException) -> str:
    told = cause_of(error)
    assert isinstance(told, Cause)
    return told.code


def behind(outer: BaseException, inner: BaseException) -> BaseException:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
        (OSError(errno.EACCES, "Permission denied"), "not-allowed"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only"),
        (OSError(errno.EIO, "Input/output error"), "disk-fault"),
        (OSError(errno.ECONNREFUSED, "Connection refused"), "connection-refused"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "no-route"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "no-route"),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), "timed-out"),
        (TimeoutError(), "timed-out"),
        (OSError(errno.EPROTO, "Protocol error"), "other:EPROTO"),
        (OSError("no number"), "other:OSError"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "name-unknown"),
        (ssl.SSLCertVerificationError("certificate verify failed"), "certificate-refused"),
        (ssl.SSLError("wrong version number"), "tls-fault"),
        (httpx.ReadTimeout("late"), "timed-out"),
        (httpx.ConnectError("All connection attempts failed"), "no-connection"),
        (httpx.RemoteProtocolError("illegal status line"), "answer-senseless"),
        (behind(httpx.ConnectError("x"), OSError(errno.ECONNREFUSED, "x")), "connection-refused"),
        (behind(httpx.ConnectError("x"), socket.gaierror(-2, "x")), "name-unknown"),
        (behind(Unavailable("it cannot be read"), OSError(errno.EIO, "x")), "disk-fault"),
        (Unavailable("it does not answer"), "no-answer"),
        (BadInput("no JSON"), "answer-senseless"),
        (KeyError("x"), "other:KeyError"),
    ],
)
def test_an_error_has_the_code_of_what_is_behind_it(error: BaseException, code: str) -> None:
    assert code_of(error) == code


def test_an_error_with_a_reason_is_told_by_it() -> None:
    reason = why("store-unmarked", "no marker")
    assert cause_of(Unavailable(reason)) is reason


def test_a_database_is_told_by_its_own_names() -> None:
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect("/none/none.sqlite")
    assert code_of(raised.value) == "not-there"


def test_a_cause_is_a_code_on_the_page_and_its_sentence_in_english() -> None:
    cause = cause_of(OSError(errno.EIO, "Input/output error"))
    reason = why("store-unreadable", "cannot be read: {cause}", cause=cause)
    assert reason.text == "cannot be read: Input/output error"
    assert reason.params == (("cause", "disk-fault"),)


def test_a_reason_behind_a_reason_keeps_its_code() -> None:
    reason = why("export-waits", "{cause}; asked again", cause=why("storage-answers", "503", status=503))
    assert reason.text == "503; asked again"
    assert dict(reason.params)["cause"] == '{"code":"storage-answers","params":{"status":503}}'


def test_no_credential_in_an_error_is_told() -> None:
    assert "secret" not in cause_of(OSError("rtsp://u:secret@10.0.0.1/")).text


@given(st.integers(min_value=-5, max_value=200), st.text())
def test_no_sentence_of_a_system_is_a_code(number: int, text: str) -> None:
    code, _, symbol = code_of(OSError(number, text)).partition(":")
    assert code in CODES
    assert symbol == "" or symbol.isidentifier()


@given(st.text())
def test_no_sentence_of_a_decoder_is_a_code(said: str) -> None:
    assert {decoders(said).code, technical(said).code} <= CODES


def test_two_errors_that_name_each_other_are_no_endless_chain() -> None:
    one, two = KeyError("x"), ValueError("y")
    one.__cause__, two.__cause__ = two, one
    assert isinstance(cause_of(one), Cause | Reason)
