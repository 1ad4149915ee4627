"""Instants as ONVIF writes them: `xs:dateTime` in SOAP, `clock=` ranges in RTSP (RFC 2326, section 3.7)."""

import re
from datetime import UTC, datetime, timedelta

_DATE_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,18}))?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_NS = 7_258_118_400_000_000_000
"""The year 2200: no camera has seen it."""


def clock_range(start_ns: int, end_ns: int) -> str:
    """The value of a Range header for [start_ns, end_ns], in whole milliseconds that hold it.

    Cameras are known that take no finer fraction.
    """
    return f"clock={_clock(start_ns // 1_000_000)}-{_clock(-(-end_ns // 1_000_000))}"


def date_time(utc_ns: int) -> str:
    """An instant as `xs:dateTime` in UTC, in whole milliseconds, rounded down."""
    seconds, milliseconds = divmod(utc_ns // 1_000_000, 1000)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def read_date_time(text: str) -> int | None:
    """The UTC of an `xs:dateTime`; None where it is none, or before 1970 or after 2200.

    One without a zone is taken as UTC, which ONVIF demands of devices.
    """
    return _read(text.strip())


def _clock(utc_ms: int) -> str:
    seconds, milliseconds = divmod(utc_ms, 1000)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y%m%dT%H%M%S}.{milliseconds:03d}Z"


def _read(text: str) -> int | None:
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        # A leap second is the one after it, as clocks of computers have it.
        whole = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC)
    except ValueError:
        return None
    if int(second) > 60:
        return None
    seconds = (whole - _EPOCH) // timedelta(seconds=1) + int(second)
    if zone not in (None, "Z"):
        ahead_s = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
        seconds += ahead_s if zone[0] == "-" else -ahead_s
    utc_ns = seconds * 1_000_000_000 + int(((fraction or "") + "0" * 9)[:9])
    return utc_ns if 0 <= utc_ns < _LATEST_NS else None
