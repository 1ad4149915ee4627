"""A clock's UTC as a datetime."""

from datetime import UTC, datetime, timedelta

from shared.clock import Clock
from shared.instants import bounded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now(clock: Clock) -> datetime:
    """UTC in whole milliseconds, so that what the wire says is what was kept."""
    return _EPOCH + timedelta(milliseconds=clock.utc_ns() // 1_000_000)


def utc_from_ns(ns: int) -> datetime | None:
    """UTC of nanoseconds since 1970 that somebody else tells, None outside the bounds of all instants."""
    try:
        return bounded(_EPOCH + timedelta(milliseconds=ns // 1_000_000))
    except (OverflowError, ValueError):
        return None


def utc_from_s(seconds: int) -> datetime:
    """UTC of seconds since 1970."""
    return _EPOCH + timedelta(seconds=seconds)
