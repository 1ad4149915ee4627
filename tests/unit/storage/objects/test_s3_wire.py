"""What the gate to an S3 service makes of its answers, and of none."""

import errno
import logging
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from storage.objects.s3_wire import Credentials, S3Place, S3Wire
from storage.objects.store import StoreAway
from tests.support.s3_server import SECRET, S3Server, credentials_text, s3_store


class Clock:
    """Monotonic time that a test sets."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def test_wrong_credentials_put_the_store_away_until_the_file_has_others(
    s3: S3Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "credentials"
    file.write_text(credentials_text("not-that-one"))
    clock, usual = Clock(), s3.place()
    place = S3Place(usual.url, usual.bucket, usual.prefix, usual.region, file)
    store = s3_store(place, name=None, monotonic_ns=clock)
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreAway) as refused:
        store.keys()
    assert refused.value.errno == errno.EACCES
    file.write_text(credentials_text(SECRET))
    clock.now_ns += 3_000_000_000
    assert store.keys() == []
    told = f"{refused.value!r} {refused.value.__cause__} {caplog.text} {capsys.readouterr()}"
    assert "not-that-one" not in told
    assert SECRET not in f"{told} {place} {Credentials.read(file)!r}"


@pytest.mark.parametrize("text", ["", "[other]\n", "no ini at all", "[default]\naws_access_key_id = a\n"])
def test_a_file_without_credentials_is_named_and_not_shown(s3: S3Server, tmp_path: Path, text: str) -> None:
    file = tmp_path / "credentials"
    file.write_text(text)
    usual = s3.place()
    wire = S3Wire(S3Place(usual.url, usual.bucket, "", usual.region, file), Clock())
    with pytest.raises(StoreAway, match="aws_access_key_id") as refused:
        wire.call("list_objects_v2")
    assert "no ini" not in str(refused.value)


def test_a_service_that_does_not_answer_is_asked_by_one_caller_now_and_then(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = Clock(), []
    wire = S3Wire(s3.place(), clock)

    class Silent:
        def head_bucket(self, **_arguments: object) -> None:
            asked.append(clock.now_ns)
            raise ReadTimeoutError(endpoint_url="http://store")

    monkeypatch.setattr(wire, "_client", Silent())
    for now_ns in (0, 1, 1_999_999_999, 2_000_000_000, 2_000_000_001):
        clock.now_ns = now_ns
        with pytest.raises(StoreAway, match="in time"):
            wire.call("head_bucket")
    assert asked == [0, 2_000_000_000]
    assert wire.away is not None
    monkeypatch.setattr(wire, "_client", None)
    clock.now_ns = 9_000_000_000
    wire.call("head_bucket")
    assert wire.away is None


@pytest.mark.parametrize(
    ("status", "code", "operation", "kind", "number"),
    [
        (404, "NoSuchKey", "get_object", FileNotFoundError, errno.ENOENT),
        (404, "404", "head_object", FileNotFoundError, errno.ENOENT),
        (404, "404", "head_bucket", StoreAway, errno.ENODEV),
        (404, "NoSuchBucket", "get_object", StoreAway, errno.ENODEV),
        (412, "PreconditionFailed", "put_object", FileExistsError, errno.EEXIST),
        (409, "ConditionalRequestConflict", "put_object", FileExistsError, errno.EEXIST),
        (409, "OperationAborted", "put_object", OSError, errno.EPROTO),
        (403, "AccessDenied", "delete_object", PermissionError, errno.EACCES),
        (403, "AccessDenied", "put_object", StoreAway, errno.EACCES),
        (400, "ExpiredToken", "put_object", StoreAway, errno.EACCES),
        (400, "RequestTimeout", "put_object", StoreAway, errno.EAGAIN),
        (400, "InvalidRequest", "put_object_legal_hold", OSError, errno.EPROTO),
        (429, "SlowDown", "put_object", StoreAway, errno.EAGAIN),
        (500, "InternalError", "put_object", StoreAway, errno.EAGAIN),
        (503, "", "put_object", StoreAway, errno.EAGAIN),
        (507, "XMinioStorageFull", "put_object", StoreAway, errno.ENOSPC),
    ],
)
def test_each_answer_is_an_error_of_the_port_and_only_some_put_the_store_away(
    s3: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: str,
    operation: str,
    kind: type[OSError],
    number: int,
) -> None:
    wire = S3Wire(s3.place(), Clock())
    answer = {"Error": {"Code": code, "Message": SECRET}, "ResponseMetadata": {"HTTPStatusCode": status}}

    class Answering:
        def __getattr__(self, _name: str) -> object:
            def answered(**_arguments: object) -> None:
                raise ClientError(answer, operation)  # type: ignore[arg-type, unused-ignore]

            return answered

    monkeypatch.setattr(wire, "_client", Answering())
    with pytest.raises(OSError, match="object store") as told:
        wire.call(operation, "a.mp4")
    assert (type(told.value), told.value.errno) == (kind, number)
    assert SECRET not in str(told.value)
    assert (wire.away is not None) is (kind is StoreAway)
