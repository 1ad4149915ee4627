"""Instants on HTTP and in manifests: RFC 3339 in UTC; in here: nanoseconds since 1970."""

from datetime import datetime

from shared.causes import technical
from shared.errors import BadInput
from shared.instants import bounded
from shared.reasons import why
from shared.utc import instant_of, ns_of


def ns_from_datetime(instant: datetime, field: str) -> int:
    """Nanoseconds of an aware datetime. Raises BadInput where it has no zone or lies out of bounds."""
    if instant.tzinfo is None:
        raise BadInput(
            why(
                "time-without-zone",
                "{field} has no time zone: write it as 2026-01-31T10:00:00Z",
                field=field,
            ),
            field,
        )
    try:
        instant = bounded(instant)
    except ValueError as error:
        raise BadInput(
            why("instant-out-of-bounds", "{field} {cause}", field=field, cause=technical(str(error))), field
        ) from error
    return ns_of(instant)


def ns_from_text(text: str, field: str) -> int:
    """Nanoseconds of an RFC 3339 instant. Raises BadInput."""
    try:
        # A plus sign that was not escaped in a query comes as a space.
        instant = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError as error:
        raise BadInput(
            why("instant-unreadable", "{field} is not an instant such as 2026-01-31T10:00:00Z", field=field),
            field,
        ) from error
    return ns_from_datetime(instant, field)


def text_from_ns(utc_ns: int) -> str:
    """RFC 3339 with milliseconds, rounded up, so that asking again from it does not go back a picture."""
    milliseconds = -(-utc_ns // 1_000_000)
    return instant_of(milliseconds * 1_000_000).isoformat(timespec="milliseconds").replace("+00:00", "Z")
