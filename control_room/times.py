"""A clock's UTC as a datetime."""

from datetime import UTC, datetime, timedelta

from shared.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now(clock: Clock) -> datetime:
    """UTC in whole milliseconds, so that what the wire says is what was kept."""
    return _EPOCH + timedelta(milliseconds=clock.utc_ns() // 1_000_000)


def utc_from_s(seconds: int) -> datetime:
    """UTC of seconds since 1970."""
    return _EPOCH + timedelta(seconds=seconds)
