"""When a picture must be destroyed: the authorised days, and never after one calendar month (CSI L252-5)."""

from calendar import monthrange
from datetime import UTC, datetime

DAY_NS = 86_400_000_000_000
MAX_DAYS = 31


def month_later_ns(capture_ns: int) -> int:
    """One calendar month after a UTC instant: the same day and time of the next month, or its last day."""
    seconds, rest_ns = divmod(capture_ns, 1_000_000_000)
    capture = datetime.fromtimestamp(seconds, UTC)
    year, month = (capture.year + 1, 1) if capture.month == 12 else (capture.year, capture.month + 1)
    day = min(capture.day, monthrange(year, month)[1])
    later = capture.replace(year=year, month=month, day=day)
    return int(later.timestamp()) * 1_000_000_000 + rest_ns


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
    sooner: the 30th of January at 23:00 and the 31st at 00:00 are both over in February.
    """
    first = deadline_ns(start_ns, days)
    midnight_ns = start_ns - start_ns % DAY_NS
    later = (midnight_ns + number * DAY_NS for number in range(1, 4))
    return min(first, *(deadline_ns(at_ns, days) if at_ns < end_ns else first for at_ns in later))
