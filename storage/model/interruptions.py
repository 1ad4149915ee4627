"""What kept a stream from being recorded, and which gap each explains. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.gap_causes import GapCause
from shared.spans import Span

ALL_STREAMS = ""
NOTICED_NS = 10_000_000_000
"""So long it may take until a trouble is noticed, and a key picture to come once it is over."""

_FIRST = (
    GapCause.MAINTENANCE,
    GapCause.RECORDER,
    GapCause.AUTHORISATION,
    GapCause.DISK,
    GapCause.LINK,
    GapCause.CAMERA,
)
"""Where several are known, the one nearest to the disk: what lies before it made no difference."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """What kept `stream`, or ALL_STREAMS, from being recorded, as it was written down then."""

    stream: str
    cause: GapCause
    span: Span


@dataclass(frozen=True, slots=True)
class Explained:
    """A gap, or a part of one, and its cause."""

    span: Span
    cause: GapCause


def explained(gaps: Iterable[Span], known: Sequence[Interruption]) -> list[Explained]:
    """The gaps, each cut where its cause changes. `known` are interruptions of their stream, in any order.

    What none of them reaches is UNKNOWN, but for NOTICED_NS at most beside one in the same gap: the cause was
    there before it was noticed, and until pictures came.
    """
    return [part for gap in gaps for part in _noticed(_parts(gap, known))]


def _parts(gap: Span, known: Sequence[Interruption]) -> list[Explained]:
    mine = [one for one in known if one.span.start_ns < gap.end_ns and one.span.end_ns > gap.start_ns]
    edges = {gap.start_ns, gap.end_ns}
    for one in mine:
        edges |= {max(one.span.start_ns, gap.start_ns), min(one.span.end_ns, gap.end_ns)}
    ordered = sorted(edges)
    return _joined(
        Explained(Span(start_ns, end_ns), _cause(mine, start_ns, end_ns))
        for start_ns, end_ns in pairwise(ordered)
    )


def _cause(known: Iterable[Interruption], start_ns: int, end_ns: int) -> GapCause:
    there = {one.cause for one in known if one.span.start_ns <= start_ns and one.span.end_ns >= end_ns}
    return next((cause for cause in _FIRST if cause in there), GapCause.UNKNOWN)


def _noticed(parts: Sequence[Explained]) -> list[Explained]:
    """Give what is unknown only because it was noticed late to the interruption beside it."""
    found: list[Explained] = []
    for number, part in enumerate(parts):
        cause = part.cause
        if cause is GapCause.UNKNOWN and part.span.length_ns <= NOTICED_NS and len(parts) > 1:
            cause = parts[number - 1].cause if number else parts[1].cause
        found.append(Explained(part.span, cause))
    return _joined(found)


def _joined(parts: Iterable[Explained]) -> list[Explained]:
    found: list[Explained] = []
    for part in parts:
        if found and found[-1].cause is part.cause:
            found[-1] = Explained(Span(found[-1].span.start_ns, part.span.end_ns), part.cause)
        else:
            found.append(part)
    return found
