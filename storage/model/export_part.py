"""What a package holds of a stream, as far as its end depends on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportPart:
    """A stretch of a stream's footage in a package, [from_ns, end_ns), under one number of days.

    Its first segment starts at `start_ns`, at or before `from_ns`, where the order begins: holds of the
    range that was ordered keep the whole segment.
    """

    stream: str
    start_ns: int
    from_ns: int
    end_ns: int
    days: int
