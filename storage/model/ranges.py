"""Which times have footage and which have not, from segments. Pure."""

from collections.abc import Iterable, Sequence

from shared.spans import Present, Span
from storage.model.segment import HOLE_NS, Footage


def present(footage: Iterable[Footage], asked: Span) -> list[Present]:
    """The spans of `asked` that some footage covers. `footage` comes oldest first."""
    found: list[Present] = []
    for one in footage:
        start_ns, end_ns = max(one.from_ns, asked.start_ns), min(one.to_ns, asked.end_ns)
        if start_ns >= end_ns:
            continue
        last = found[-1] if found else None
        if last is not None and last.run == one.run and start_ns - last.span.end_ns <= HOLE_NS:
            joined = Span(last.span.start_ns, max(last.span.end_ns, end_ns))
            found[-1] = Present(joined, one.run)
        else:
            found.append(Present(Span(start_ns, end_ns), one.run))
    return found


def gaps(found: Sequence[Present], asked: Span) -> list[Span]:
    """The spans of `asked` longer than a hole may be that no present span covers."""
    missing: list[Span] = []
    at_ns = asked.start_ns
    for one in sorted(found, key=lambda item: item.span.start_ns):
        if one.span.start_ns - at_ns > HOLE_NS:
            missing.append(Span(at_ns, one.span.start_ns))
        at_ns = max(at_ns, one.span.end_ns)
    if asked.end_ns - at_ns > HOLE_NS:
        missing.append(Span(at_ns, asked.end_ns))
    return missing


def coverage(found: Sequence[Present], asked: Span) -> float:
    """Present time over asked time, from 0 to 1; overlaps count once."""
    at_ns, covered_ns = asked.start_ns, 0
    for one in sorted(found, key=lambda item: item.span.start_ns):
        covered_ns += max(0, one.span.end_ns - max(at_ns, one.span.start_ns))
        at_ns = max(at_ns, one.span.end_ns)
    return covered_ns / asked.length_ns if asked.length_ns > 0 else 0.0
