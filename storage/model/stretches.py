"""Sets of instants as spans: joined, without each other, within each other. Pure."""

from collections.abc import Iterable, Sequence

from shared.spans import Span


def joined(spans: Iterable[Span], hole_ns: int = 0) -> list[Span]:
    """The same instants as spans that lie apart, oldest first; holes up to `hole_ns` count as covered."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: span.start_ns):
        if one.length_ns <= 0:
            continue
        if found and one.start_ns - found[-1].end_ns <= hole_ns:
            found[-1] = Span(found[-1].start_ns, max(found[-1].end_ns, one.end_ns))
        else:
            found.append(one)
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The instants of `spans` that are in none of `taken`."""
    left: list[Span] = []
    away = joined(taken)
    first = 0
    for one in joined(spans):
        at_ns = one.start_ns
        while first < len(away) and away[first].end_ns <= at_ns:
            first += 1
        number = first
        while number < len(away) and away[number].start_ns < one.end_ns:
            if away[number].start_ns > at_ns:
                left.append(Span(at_ns, away[number].start_ns))
            at_ns = max(at_ns, away[number].end_ns)
            number += 1
        if at_ns < one.end_ns:
            left.append(Span(at_ns, one.end_ns))
    return left


def within(spans: Iterable[Span], allowed: Sequence[Span]) -> list[Span]:
    """The instants of `spans` that are in one of `allowed` too."""
    spans = joined(spans)
    return without(spans, without(spans, allowed))
