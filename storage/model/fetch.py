"""What can be done about a gap: whether somebody has its footage, and whether that is on its way. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.spans import Span
from storage.model.stretches import within, without


class FetchState(StrEnum):
    """Of a stretch without footage here: another place has it and was not asked yet, was asked, or nobody is
    known to have it."""

    TO_FETCH = "to-fetch"
    FETCHING = "fetching"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without footage here, all of it in one state."""

    span: Span
    fetch: FetchState


def judged(gaps: Iterable[Span], elsewhere: Sequence[Span], asked: Sequence[Span]) -> list[Gap]:
    """The same gaps, cut where their state changes, oldest first.

    `elsewhere` is what another place has of the stream, `asked` what is being fetched of it.
    """
    found: list[Gap] = []
    for gap in gaps:
        there = within([gap], elsewhere)
        fetching = within(there, asked)
        found += [Gap(span, FetchState.FETCHING) for span in fetching]
        found += [Gap(span, FetchState.TO_FETCH) for span in without(there, fetching)]
        found += [Gap(span, FetchState.ABSENT) for span in without([gap], there)]
    return sorted(found, key=lambda one: one.span.start_ns)
