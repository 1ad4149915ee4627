"""When a picture must be destroyed: the authorised days, and never after one calendar month (CSI L252-5)."""

from calendar import monthrange
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR_NS = 3_600_000_000_000
DAY_NS = 24 * HOUR_NS
MAX_DAYS = 31
SHORTEST_MONTH_NS = 28 * DAY_NS - HOUR_NS
"""That of February, with clocks that go forward on its last day."""
_SHORTER_WITHIN_NS = 4 * DAY_NS


CENTRE = ZoneInfo("Europe/Paris")
"""The zone of the centre's own time (ADR 28)."""


def month_later_ns(capture_ns: int) -> int:
    """One calendar month after a UTC instant: the same day and time of the next month, or its last day.

    As a clock in UTC counts it or one at the centre, whichever is over first: about midnight a month may be a
    day longer on one of them, and the law does not say which counts.
    """
    hour, rest_ns = divmod(capture_ns, HOUR_NS)
    return _month_later_than_hour_ns(hour) + rest_ns


@lru_cache(maxsize=4096)
def _month_later_than_hour_ns(hour: int) -> int:
    """Within an hour of UTC neither clock changes, nor does a day end on either."""
    return min(month_later_utc_ns(hour * HOUR_NS), _month_later_ns(hour * HOUR_NS, CENTRE))


def month_later_utc_ns(capture_ns: int) -> int:
    """The same as a clock in UTC counts it."""
    return _month_later_ns(capture_ns, UTC)


def _month_later_ns(capture_ns: int, zone: tzinfo) -> int:
    """On a clock of this zone; the earlier instant where that shows the time twice, or never."""
    seconds, rest_ns = divmod(capture_ns, 1_000_000_000)
    capture = datetime.fromtimestamp(seconds, zone)
    year, month = (capture.year + 1, 1) if capture.month == 12 else (capture.year, capture.month + 1)
    day = min(capture.day, monthrange(year, month)[1])
    later = capture.replace(year=year, month=month, day=day)
    return min(int(later.replace(fold=fold).timestamp()) for fold in (0, 1)) * 1_000_000_000 + rest_ns


def deadline_ns(capture_ns: int, days: int) -> int:
    """The UTC instant from which footage captured at `capture_ns` may no longer exist.

    `days` is the authorised number, 1 to 31. A segment is judged by its first picture, its oldest.
    """
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(f"{days} is not an authorised number of days")
    return min(capture_ns + days * DAY_NS, month_later_ns(capture_ns))


def days_kept(days: int, least_days: int) -> int:
    """The days that footage is kept where an authorisation fixes `days` at most and `least_days` at least,
    0 for none: destroying it before is refused (CSI L252-5).

    No minimum keeps anything beyond one calendar month: `deadline_ns` sees to that.
    """
    return max(1, min(MAX_DAYS, max(days, least_days)))


def earliest_deadline_ns(start_ns: int, end_ns: int, days: int) -> int:
    """The first deadline of anything captured in [start_ns, end_ns).

    Nearly always that of the first picture. At the end of a long month those of the next days may come
    sooner: the 30th of January at 23:00 and the 31st at 00:00 are both over in February. Months grow shorter
    at whole hours only, by three days in all and an hour where clocks change.
    """
    first = deadline_ns(start_ns, days)
    hour_ns = start_ns - start_ns % HOUR_NS
    later = range(hour_ns + HOUR_NS, min(end_ns, hour_ns + _SHORTER_WITHIN_NS), HOUR_NS)
    return min([first, *(deadline_ns(at_ns, days) for at_ns in later)])
