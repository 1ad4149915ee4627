"""Whether footage may still be shown: by the days in force and the holds there are, whatever its row says.

Rows of segments follow a change of days or holds batch by batch; what is shown follows at once. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.spans import Span
from storage.model.deadline import DAY_NS, MAX_DAYS, SHORTEST_MONTH_NS, deadline_ns


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What was captured up to `until_ns` has `days` at most."""

    until_ns: int
    days: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one stream: its authorised days, the fewer ones that applied since, and what is held."""

    authorised: int = MAX_DAYS
    ceilings: tuple[Ceiling, ...] = ()
    held: tuple[Span, ...] = ()

    def days(self, start_ns: int, days: int) -> int:
        """The days of footage captured at `start_ns` under `days`: the fewest that ever applied to it."""
        fewest = min((one.days for one in self.ceilings if one.until_ns >= start_ns), default=MAX_DAYS)
        return max(1, min(days, self.authorised, fewest))

    def show(self, start_ns: int, end_ns: int, days: int, now_ns: int) -> bool:
        """Whether footage under these days, as `days` gives them, may be shown."""
        age_ns = now_ns - start_ns
        if age_ns < min(days * DAY_NS, SHORTEST_MONTH_NS) or deadline_ns(start_ns, days) > now_ns:
            return True
        return any(hold.start_ns < end_ns and hold.end_ns > start_ns for hold in self.held)

    def over_ns(self, now_ns: int) -> int:
        """What was captured up to this instant is past its deadline, whatever its row says."""
        edges = (min(one.until_ns, now_ns - one.days * DAY_NS) for one in self.ceilings)
        return max([now_ns - self.authorised * DAY_NS, *edges])


def limits_of(
    authorised: int | None, ceilings: Iterable[tuple[int, int]], held: Iterable[tuple[int, int]]
) -> Limits:
    """From (until, days) and (start, end)."""
    known = MAX_DAYS if authorised is None else max(1, min(MAX_DAYS, authorised))
    return Limits(known, tuple(Ceiling(*one) for one in ceilings), tuple(Span(*one) for one in held))
