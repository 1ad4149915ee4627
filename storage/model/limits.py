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

    def shown(self, start_ns: int, end_ns: int, days: int, now_ns: int) -> tuple[Span, ...]:
        """What may be shown of footage under these days, as `days` gives them: all, or once its deadline has
        come what holds keep of it, although the file that they keep has more."""
        age_ns = now_ns - start_ns
        if age_ns < min(days * DAY_NS, SHORTEST_MONTH_NS) or deadline_ns(start_ns, days) > now_ns:
            return (Span(start_ns, end_ns),)
        inside = (Span(max(start_ns, one.start_ns), min(end_ns, one.end_ns)) for one in self.held)
        return _joined(one for one in inside if one.length_ns > 0)

    def over_ns(self, now_ns: int) -> int:
        """What was captured up to this instant is past its deadline, whatever its row says."""
        edges = (min(one.until_ns, now_ns - one.days * DAY_NS) for one in self.ceilings)
        return max([now_ns - self.authorised * DAY_NS, *edges])


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, none of which meets another."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: span.start_ns):
        if found and one.start_ns <= found[-1].end_ns:
            found[-1] = Span(found[-1].start_ns, max(found[-1].end_ns, one.end_ns))
        else:
            found.append(one)
    return tuple(found)


def limits_of(
    authorised: int | None, ceilings: Iterable[tuple[int, int]], held: Iterable[tuple[int, int]]
) -> Limits:
    """From (until, days) and (start, end)."""
    known = MAX_DAYS if authorised is None else max(1, min(MAX_DAYS, authorised))
    return Limits(known, tuple(Ceiling(*one) for one in ceilings), tuple(Span(*one) for one in held))
