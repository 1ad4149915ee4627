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
