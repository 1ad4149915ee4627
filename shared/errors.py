"""The error tree of Beffroi, and its rendering as RFC 9457 problems.

    BeffroiError
    ├── BadInput            400   what came in cannot be used; says what and where
    ├── Unauthenticated     401   nobody known is asking
    ├── Forbidden           403   somebody known, who may not
    │   └── TicketRefused   403   expired, forged or made for something else
    ├── NotFound            404
    ├── MethodNotAllowed    405
    ├── TooSlow             408   the request did not come in time
    ├── Conflict            409   the state of things forbids it
    ├── PreconditionFailed  412   it has changed since the asker last saw it
    ├── TooLarge            413
    ├── TooLongAddress      414
    ├── Unsupported         415   well-formed, but this version does not do it
    ├── NoSuchRange         416   with how many bytes there are
    ├── PreconditionNeeded  428   say which state of it is meant (If-Match)
    ├── TooManyRequests     429   with the seconds to wait
    └── Unavailable         503   something we depend on does not answer
        └── BusUnavailable  503   Redis

A message never holds a credential: whoever raises passes foreign text through `shared.redact.redact`.
"""

import json
from dataclasses import dataclass
from typing import ClassVar

from shared.reasons import Reason


class BeffroiError(Exception):
    """An error a user can be told of. `detail` is one sentence that names what and where.

    `why` is the same with a code, where a person may read it on the page in another language.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str | Reason) -> None:
        super().__init__(str(detail))
        self.detail = str(detail)
        self.why = detail if isinstance(detail, Reason) else None

    @property
    def told(self) -> str | Reason:
        """What to say where this error is told on: with its code if it has one."""
        return self.why or self.detail


class BadInput(BeffroiError):
    """What came in cannot be used. `field` names the part at fault, if it has a name."""

    status = 400
    code = "bad-input"
    title = "Bad input"

    def __init__(self, detail: str | Reason, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class Unauthenticated(BeffroiError):
    status = 401
    code = "unauthenticated"
    title = "Sign in first"


class Forbidden(BeffroiError):
    status = 403
    code = "forbidden"
    title = "Not allowed"


class TicketRefused(Forbidden):
    code = "ticket-refused"
    title = "Ticket refused"


class NotFound(BeffroiError):
    """`reason` is one word for why it is there no more, where that is known."""

    status = 404
    code = "not-found"
    title = "Not found"

    def __init__(self, detail: str | Reason, reason: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason


class MethodNotAllowed(BeffroiError):
    status = 405
    code = "method-not-allowed"
    title = "Method not allowed"


class TooSlow(BeffroiError):
    status = 408
    code = "too-slow"
    title = "Too slow"


class Conflict(BeffroiError):
    """`field` names the part of the request that the state of things forbids, if it has a name."""

    status = 409
    code = "conflict"
    title = "Conflict"

    def __init__(self, detail: str | Reason, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class PreconditionFailed(BeffroiError):
    status = 412
    code = "precondition-failed"
    title = "It has changed meanwhile"


class PreconditionNeeded(BeffroiError):
    status = 428
    code = "precondition-needed"
    title = "If-Match is needed"


class TooLarge(BeffroiError):
    status = 413
    code = "too-large"
    title = "Too large"


class TooLongAddress(BeffroiError):
    status = 414
    code = "too-long-address"
    title = "Address too long"


class Unsupported(BeffroiError):
    status = 415
    code = "unsupported"
    title = "Not supported"


class NoSuchRange(BeffroiError):
    """A range of bytes that begins behind the last of `size_bytes`."""

    status = 416
    code = "no-such-range"
    title = "No such range"

    def __init__(self, detail: str | Reason, size_bytes: int) -> None:
        super().__init__(detail)
        self.size_bytes = size_bytes


class TooManyRequests(BeffroiError):
    """Slowed down. `retry_after_s` is a whole number of seconds, at least one."""

    status = 429
    code = "too-many-requests"
    title = "Too many requests"

    def __init__(self, detail: str | Reason, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = max(1, retry_after_s)


class Unavailable(BeffroiError):
    status = 503
    code = "unavailable"
    title = "Unavailable"


class BusUnavailable(Unavailable):
    code = "bus-unavailable"
    title = "Redis does not answer"


PROBLEM_MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """An RFC 9457 problem ready to be sent: status, headers (content type included) and JSON body."""

    status: int
    headers: dict[str, str]
    body: bytes


def problem(error: BeffroiError, instance: str | None = None) -> Problem:
    """Render an error as an RFC 9457 problem; `instance` is the path of the request, if there was one."""
    members: dict[str, object] = {
        "type": f"urn:beffroi:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
    }
    if instance is not None:
        members["instance"] = instance
    if error.why is not None:
        members["why"] = error.why.wire()
    headers = {"content-type": PROBLEM_MEDIA_TYPE}
    if isinstance(error, BadInput | Conflict) and error.field is not None:
        members["field"] = error.field
    if isinstance(error, NotFound) and error.reason is not None:
        members["reason"] = error.reason
    if isinstance(error, TooManyRequests):
        members["retry_after_s"] = error.retry_after_s
        headers["retry-after"] = str(error.retry_after_s)
    if isinstance(error, NoSuchRange):
        headers["content-range"] = f"bytes */{error.size_bytes}"
    if isinstance(error, Unauthenticated):
        headers["www-authenticate"] = 'Bearer realm="beffroi"'
    return Problem(error.status, headers, json.dumps(members, ensure_ascii=False).encode())
