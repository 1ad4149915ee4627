"""The gate to an S3 service: one client, and its foreign errors mapped once onto those of the object store.

A service that does not answer is asked by one caller every `PROBE_S`; all others are told at once, so that no
thread of this process waits for it beside that one.
"""

import errno
import threading
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as NotIni
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.session import Session

from shared.errors import BadInput
from storage.objects.store import StoreAway

PROBE_S = 2.0
_CONNECT_S = 3
_ANSWER_S = 6
_CONNECTIONS = 16
_MARKERS = {
    "list_objects_v2": ("ContinuationToken",),
    "list_object_versions": ("KeyMarker", "VersionIdMarker"),
    "list_multipart_uploads": ("KeyMarker", "UploadIdMarker"),
    "list_parts": ("PartNumberMarker",),
}
"""What each list goes on from, told by the page before."""

_OF_RIGHTS = (
    "delete_object",
    "put_object_legal_hold",
    "get_object_lock_configuration",
    "get_bucket_versioning",
    "get_bucket_lifecycle_configuration",
)
"""What a bucket's policy or a lock may refuse alone: it says nothing of the store as a whole."""

_TOKEN = ("ExpiredToken", "InvalidToken", "TokenRefreshRequired")
_CONDITION = ("PreconditionFailed", "ConditionalRequestConflict")

Answer = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where objects are kept. `prefix` is empty or a folder of the bucket.

    The file of credentials is read anew once they are refused, so that others can be put there.
    """

    url: str
    bucket: str
    prefix: str
    region: str
    credentials_file: Path
    ca_file: Path | None = None

    def name(self, key: str) -> str:
        """A key's name in the bucket."""
        return f"{self.prefix}/{key}" if self.prefix else key

    def key(self, name: str) -> str:
        """The key of a name in the bucket."""
        return name.removeprefix(f"{self.prefix}/") if self.prefix else name


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str
    token: str | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"

    @classmethod
    def read(cls, path: Path) -> "Credentials":
        """From a file as other S3 programs have it, section `default`. Raises BadInput, which shows none."""
        parser = ConfigParser(interpolation=None)
        try:
            parser.read_string(path.read_text())
            section = parser["default"]
            return cls(
                section["aws_access_key_id"],
                section["aws_secret_access_key"],
                section.get("aws_session_token"),
            )
        except OSError as error:
            raise BadInput(f"the credentials of S3 {path} cannot be read: {error.strerror}") from error
        except (NotIni, KeyError, UnicodeDecodeError):
            raise BadInput(
                f"{path} has no [default] with aws_access_key_id and aws_secret_access_key"
            ) from None


class S3Wire:
    """Makes calls about `place`. Any thread. `monotonic_ns` tells when one that was away is asked again.

    `may_write` is set by whoever takes the bucket for this process: whether it is still theirs.
    """

    def __init__(self, place: S3Place, monotonic_ns: Callable[[], int]) -> None:
        self.place = place
        self.may_write: Callable[[], bool] = lambda: True
        self._monotonic_ns = monotonic_ns
        self._turn = threading.Lock()
        self._client: Any = None
        self._away: StoreAway | None = None
        self._asked_ns = 0

    @property
    def away(self) -> StoreAway | None:
        """Why the service did not do what it was asked last, None where it did."""
        return self._away

    def require_ours(self) -> None:
        """Raise StoreAway while another storage may have the bucket: it is not written to."""
        if not self.may_write():
            raise StoreAway(errno.EBUSY, "the bucket is not taken by this storage")

    def call(self, operation: str, key: str = "", /, **arguments: object) -> Answer:
        """One operation on the bucket, about one object where a key is given.

        Raises FileNotFoundError, FileExistsError and PermissionError of the object, NotImplementedError where
        the service does not have the operation, StoreAway.
        """
        return self._guarded(operation, key, arguments, lambda answer: answer)

    def pages(self, operation: str, key: str = "", /, **arguments: object) -> Iterator[Answer]:
        """Every page of a list. Raises as `call` does."""
        more: dict[str, object] = {}
        while True:
            answer = self.call(operation, key, **arguments, **more)
            yield answer
            if not answer.get("IsTruncated"):
                return
            more = {name: answer[f"Next{name}"] for name in _MARKERS[operation] if f"Next{name}" in answer}

    def fetch(self, key: str, /, **arguments: object) -> bytes:
        """What an object says. Raises as `call` does."""
        return self._guarded("get_object", key, arguments, lambda answer: bytes(answer["Body"].read()))

    def _guarded(
        self, operation: str, key: str, arguments: Mapping[str, object], take: Callable[[Answer], T]
    ) -> T:
        self._enter()
        if key:
            arguments = {"Key": self.place.name(key), **arguments}
        try:
            given = take(getattr(self._connected(), operation)(Bucket=self.place.bucket, **arguments))
        except ClientError as error:
            told = _told(error, operation, key)
            self._left(told if isinstance(told, StoreAway) else None)
            raise told from error
        except BotoCoreError as error:
            away = _silent(error)
            self._left(away)
            raise away from error
        except BaseException:
            self._left(self._away)
            raise
        self._left(None)
        return given

    def _enter(self) -> None:
        with self._turn:
            if self._away is None:
                return
            now_ns = self._monotonic_ns()
            if now_ns - self._asked_ns < PROBE_S * 1e9:
                raise StoreAway(self._away.errno, self._away.strerror)
            self._asked_ns = now_ns

    def _left(self, away: StoreAway | None) -> None:
        with self._turn:
            self._away = away
            if away is not None:
                self._asked_ns = self._monotonic_ns()
                if away.errno == errno.EACCES:
                    self._client = None

    def _connected(self) -> Any:
        with self._turn:
            if self._client is None:
                self._client = self._made()
            return self._client

    def _made(self) -> Any:
        try:
            credentials = Credentials.read(self.place.credentials_file)
        except BadInput as error:
            raise _Unconfigured(error=error) from error
        return _session().create_client(
            "s3",
            region_name=self.place.region,
            endpoint_url=self.place.url,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            verify=str(self.place.ca_file) if self.place.ca_file else True,
            config=Config(
                connect_timeout=_CONNECT_S,
                read_timeout=_ANSWER_S,
                # Once more where a kept connection has just ended; all else is tried again by whoever asks.
                retries={"total_max_attempts": 2, "mode": "standard"},
                max_pool_connections=_CONNECTIONS,
                s3={"addressing_style": "path"},
                # Services other than the first know few of its newer checksums; MD5 goes with each body.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                proxies={},
            ),
        )


@cache
def _session() -> Any:
    """What the library has read of itself: a third of a second of work, the same for every client."""
    return Session()


class _Unconfigured(BotoCoreError):  # type: ignore[misc]  # the library has no types
    fmt = "{error}"


def _told(error: ClientError, operation: str, key: str) -> Exception:
    """What an answer that is none means. The service's own words are not repeated: they may be anything."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    said = f"the object store answered {status} {code}".rstrip()
    match status:
        case 404 if code != "NoSuchBucket" and operation != "head_bucket":
            return FileNotFoundError(errno.ENOENT, "the object store does not have it", key)
        case 404:
            return StoreAway(errno.ENODEV, "the object store has no such bucket")
        case 409 | 412 if code in _CONDITION or status == 412:
            return FileExistsError(errno.EEXIST, "the object store has it already", key)
        case 405 | 501:
            return NotImplementedError(said)
        case 416:
            return EOFError(said)
        case 403 if operation in _OF_RIGHTS:
            return PermissionError(errno.EACCES, f"the object store does not allow {operation}", key)
        case 401 | 403:
            return StoreAway(errno.EACCES, f"the object store refuses the credentials: {said}")
        case 400 if code in _TOKEN:
            return StoreAway(errno.EACCES, f"the object store refuses the credentials: {said}")
        case 507:
            return StoreAway(errno.ENOSPC, said)
        case 429:
            return StoreAway(errno.EAGAIN, said)
        case _ if status >= 500 or code == "RequestTimeout":
            return StoreAway(errno.EAGAIN, said)
    return OSError(errno.EPROTO, said, key)


def _silent(error: BotoCoreError) -> StoreAway:
    if isinstance(error, _Unconfigured):
        return StoreAway(errno.EACCES, str(error))
    if isinstance(error, (ConnectTimeoutError, ReadTimeoutError)):
        return StoreAway(errno.ETIMEDOUT, "the object store does not answer in time")
    return StoreAway(errno.ECONNREFUSED, f"the object store cannot be reached: {type(error).__name__}")
