"""What lies behind a reason: the error of a system, a library or another service as one of a few codes.

The sentences of such errors are English, and come from elsewhere. A page gets the code; the sentence goes
into the English text alone.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

from shared.errors import BeffroiError
from shared.reasons import Cause, Reason
from shared.redact import redact

_SYSTEM = {
    "disk-full": (errno.ENOSPC, errno.EDQUOT),
    "not-allowed": (errno.EACCES, errno.EPERM),
    "read-only": (errno.EROFS,),
    "disk-fault": (errno.EIO,),
    "device-gone": (errno.ENODEV, errno.ENXIO, errno.ESTALE),
    "not-there": (errno.ENOENT, errno.ENOTDIR),
    "there-already": (errno.EEXIST, errno.ENOTEMPTY),
    "key-missing": (errno.ENOKEY,),
    "damaged": (errno.EBADMSG,),
    "busy": (errno.EBUSY, errno.EAGAIN),
    "too-many-files": (errno.EMFILE, errno.ENFILE),
    "no-memory": (errno.ENOMEM,),
    "name-too-long": (errno.ENAMETOOLONG,),
    "file-too-large": (errno.EFBIG,),
    "connection-refused": (errno.ECONNREFUSED,),
    "connection-broken": (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE),
    "no-route": (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN),
    "timed-out": (errno.ETIMEDOUT,),
    "address-in-use": (errno.EADDRINUSE,),
    "address-not-ours": (errno.EADDRNOTAVAIL,),
}
_BY_NUMBER = {number: code for code, numbers in _SYSTEM.items() for number in numbers}
# By name: these are classes and codes of libraries that not every service has.
_BY_NAME = {
    "ConnectTimeout": "timed-out",
    "ReadTimeout": "timed-out",
    "WriteTimeout": "timed-out",
    "PoolTimeout": "timed-out",
    "TimeoutError": "timed-out",
    "ConnectError": "no-connection",
    "ReadError": "connection-broken",
    "WriteError": "connection-broken",
    "CloseError": "connection-broken",
    "RemoteProtocolError": "answer-senseless",
    "DecodingError": "answer-senseless",
    "SQLITE_FULL": "disk-full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_IOERR": "disk-fault",
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
    "SQLITE_CANTOPEN": "not-there",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
}
_OURS = {
    "bad-input": "answer-senseless",
    "unavailable": "no-answer",
    "bus-unavailable": "no-answer",
    "not-found": "not-there",
    "unauthenticated": "not-allowed",
    "forbidden": "not-allowed",
    "ticket-refused": "not-allowed",
}
_DECODERS = {
    "the decoder gives no picture": "decoder-silent",
    "the picture is damaged": "picture-damaged",
}
NO_RTSP = "no-rtsp"
"""What a camera sends is not RTSP, in whatever way."""
PEER_ENDED = Cause("ended-by-peer", "it ended the connection")
PEER_ASKS_ANEW = Cause("asks-anew", "it asked to be opened anew")
LINK_BROKE = Cause("connection-broken", "the connection broke")
CLOSED_HERE = Cause("closed-here", "closed by us")
OTHER = "other"
"""An error of none of these kinds: `other:EPROTO`, by its symbol."""
TECHNICAL = "technical"
"""What only a technician understands, and finds in the service's log."""
CODES = frozenset(
    {
        *_BY_NUMBER.values(),
        *_BY_NAME.values(),
        *_OURS.values(),
        *_DECODERS.values(),
        "name-unknown",
        "certificate-refused",
        "tls-fault",
        "decoder-refuses",
        "ended-by-itself",
        NO_RTSP,
        *(cause.code for cause in (PEER_ENDED, PEER_ASKS_ANEW, LINK_BROKE, CLOSED_HERE)),
        OTHER,
        TECHNICAL,
    }
)
_MOST_LINKS = 8


def cause_of(error: BaseException) -> Cause | Reason:
    """What an error was caused by: its reason where it has one, else the first known kind behind it."""
    if isinstance(error, BeffroiError):
        if error.why is not None:
            return error.why
        found = next((code for link in _behind(error) if (code := _known(link)) is not None), None)
        return Cause(found or _OURS.get(error.code, TECHNICAL), error.detail)
    text = redact(str(getattr(error, "strerror", None) or error)) or type(error).__name__
    found = next((code for link in (error, *_behind(error)) if (code := _known(link)) is not None), None)
    return Cause(found or f"{OTHER}:{_symbol(error)}", text)


def technical(text: str) -> Cause:
    """A sentence that has no kind."""
    return Cause(TECHNICAL, text)


def decoders(said: str) -> Cause:
    """What a decoder said of a picture."""
    return Cause(_DECODERS.get(said, "decoder-refuses"), said)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """What the error came from, the nearest first."""
    for _ in range(_MOST_LINKS):
        came_from = error.__cause__ or error.__context__
        if came_from is None:
            return
        yield came_from
        error = came_from


def _known(error: BaseException) -> str | None:
    """The code of one error by itself; a general one only where nothing behind it says more."""
    if isinstance(error, socket.gaierror):
        return "name-unknown"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate-refused"
    if isinstance(error, ssl.SSLError):
        return "tls-fault"
    if isinstance(error, OSError) and error.errno in _BY_NUMBER:
        return _BY_NUMBER[error.errno]
    name = _symbol(error)
    if name == "ConnectError" and any(_known(link) for link in _behind(error)):
        return None
    # SQLite's names grow longer: SQLITE_IOERR_WRITE.
    return _BY_NAME.get(name) or _BY_NAME.get("_".join(name.split("_")[:2]))


def _symbol(error: BaseException) -> str:
    """The error's name in its own world."""
    sqlite = getattr(error, "sqlite_errorname", None)
    if isinstance(sqlite, str):
        return sqlite
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, type(error).__name__)
