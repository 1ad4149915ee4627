"""What machines say in words, made fit to be kept and shown."""

from shared.reasons import Reason
from shared.redact import redact

_MAX_REASON_CHARS = 300


def plain(text: str) -> str:
    """The text without credentials, cut to 300 characters."""
    # Cut before it is looked through too, which costs more the longer it is.
    return redact(text[: 4 * _MAX_REASON_CHARS])[:_MAX_REASON_CHARS]


def plain_reason(reason: Reason) -> Reason:
    """The reason with its text and its parameters made plain."""
    params = ((name, plain(value) if isinstance(value, str) else value) for name, value in reason.params)
    return Reason(reason.code, plain(reason.text), tuple(params))


def plain_why(reason: Reason | None) -> Reason | None:
    """The same of a reason that there may be."""
    return None if reason is None else plain_reason(reason)
