"""How long a package may exist: its own days, and never longer than the footage in it. Pure."""

from collections.abc import Iterable, Sequence

from shared.spans import Span
from storage.index.holds import Hold
from storage.model.deadline import earliest_deadline_ns
from storage.model.export_part import ExportPart
from storage.model.segment import HOLE_NS, Footage


def parts_of(footage: Iterable[Footage], asked: Span) -> list[ExportPart]:
    """The parts of a package made of a stream's footage, which comes oldest first."""
    parts: list[ExportPart] = []
    for one in footage:
        end_ns = min(one.to_ns, asked.end_ns)
        last = parts[-1] if parts else None
        again = last is not None and last.start_ns == one.start_ns
        joins = last is not None and last.days == one.days and one.from_ns - last.end_ns <= HOLE_NS
        if last is not None and (joins or (again and one.limit is None)):
            end_ns, days = max(last.end_ns, end_ns), min(last.days, one.days)
            parts[-1] = ExportPart(last.stream, last.start_ns, last.from_ns, end_ns, days)
        else:
            from_ns = max(one.from_ns, asked.start_ns)
            # Two parts that holds keep of one segment are told apart by where they begin.
            start_ns = from_ns if again else one.start_ns
            parts.append(ExportPart(str(one.stream), start_ns, from_ns, end_ns, one.days))
    return parts


def package_due_ns(own_ns: int, parts: Sequence[ExportPart], holds: Sequence[Hold]) -> int:
    """When a package must be destroyed: at `own_ns`, or with the first footage in it that no hold keeps.

    Where holds keep some of a part only, the first instant that none keeps decides: the package dies no later
    than the footage there, and at most a segment earlier.
    """
    due_ns = own_ns
    for part in parts:
        free_ns = _first_free_ns(part, [hold for hold in holds if hold.stream == part.stream])
        if free_ns is not None:
            first_ns = part.start_ns if free_ns == part.from_ns else free_ns
            due_ns = min(due_ns, earliest_deadline_ns(first_ns, part.end_ns, part.days))
    return due_ns


def _first_free_ns(part: ExportPart, holds: Sequence[Hold]) -> int | None:
    """The first instant of a part that no hold keeps, None where they keep it all."""
    at_ns = part.from_ns
    for hold in sorted(holds, key=lambda one: one.start_ns):
        if hold.start_ns > at_ns:
            break
        at_ns = max(at_ns, hold.end_ns)
    return at_ns if at_ns < part.end_ns else None
