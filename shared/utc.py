"""UTC as nanoseconds since 1970, to reckon with, and as datetimes, to tell."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ns_of(instant: datetime) -> int:
    """Nanoseconds of an aware datetime."""
    return ((instant - _EPOCH) // timedelta(microseconds=1)) * 1000


def instant_of(utc_ns: int) -> datetime:
    """The aware datetime of an instant, to the microsecond."""
    return _EPOCH + timedelta(microseconds=utc_ns // 1000)


def ns_from_text(text: str) -> int:
    """Nanoseconds of an instant in RFC 3339. Raises ValueError, TypeError where it has no zone."""
    return ns_of(datetime.fromisoformat(text))
