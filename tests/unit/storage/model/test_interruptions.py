"""Which interruption explains which gap."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.gap_causes import GapCause
from shared.spans import Span
from storage.model.interruptions import ALL_STREAMS, NOTICED_NS, Explained, Interruption, explained

S = 1_000_000_000
KNOWN = [cause for cause in GapCause if cause not in (GapCause.UNKNOWN, GapCause.UNREADABLE)]


def span(start_s: int, end_s: int) -> Span:
    return Span(start_s * S, end_s * S)


spans = st.tuples(st.integers(0, 300), st.integers(1, 120)).map(lambda told: span(told[0], sum(told)))
interruptions = st.lists(
    st.builds(Interruption, st.sampled_from([ALL_STREAMS, "a/b/main"]), st.sampled_from(KNOWN), spans),
    max_size=6,
)


@settings(max_examples=40)
@given(gap=spans, known=interruptions)
def test_the_parts_of_a_gap_are_the_gap_each_with_one_cause(gap: Span, known: list[Interruption]) -> None:
    parts = explained([gap], known)
    assert [parts[0].span.start_ns, parts[-1].span.end_ns] == [gap.start_ns, gap.end_ns]
    for one, later in pairwise(parts):
        assert one.span.end_ns == later.span.start_ns
        assert one.cause is not later.cause


@settings(max_examples=40)
@given(gap=spans, known=interruptions)
def test_no_cause_is_told_further_from_its_interruption_than_it_takes_to_notice(
    gap: Span, known: list[Interruption]
) -> None:
    for part in explained([gap], known):
        if part.cause is GapCause.UNKNOWN:
            continue
        mine = [one.span for one in known if one.cause is part.cause]
        for at_ns in range(part.span.start_ns, part.span.end_ns, S):
            assert any(one.start_ns - NOTICED_NS <= at_ns < one.end_ns + NOTICED_NS for one in mine)


@settings(max_examples=40)
@given(gap=spans, known=interruptions)
def test_where_an_interruption_was_written_down_nothing_is_unknown(
    gap: Span, known: list[Interruption]
) -> None:
    unknown = [part.span for part in explained([gap], known) if part.cause is GapCause.UNKNOWN]
    for part in unknown:
        assert not any(one.span.start_ns < part.end_ns and one.span.end_ns > part.start_ns for one in known)


def test_a_gap_of_which_nothing_is_known_is_unknown() -> None:
    before = Interruption(ALL_STREAMS, GapCause.RECORDER, span(0, 100))
    assert explained([span(100, 104)], [before]) == [Explained(span(100, 104), GapCause.UNKNOWN)]


def test_what_was_noticed_late_belongs_to_what_was_noticed() -> None:
    noticed = Interruption("a/b/main", GapCause.CAMERA, span(105, 140))
    assert explained([span(100, 148)], [noticed]) == [Explained(span(100, 148), GapCause.CAMERA)]


def test_what_lies_further_from_it_stays_unknown() -> None:
    noticed = Interruption("a/b/main", GapCause.CAMERA, span(130, 140))
    assert explained([span(100, 200)], [noticed]) == [
        Explained(span(100, 130), GapCause.UNKNOWN),
        Explained(span(130, 140), GapCause.CAMERA),
        Explained(span(140, 200), GapCause.UNKNOWN),
    ]


def test_while_storage_stood_still_nothing_else_made_a_difference() -> None:
    known = [
        Interruption("a/b/main", GapCause.CAMERA, span(50, 150)),
        Interruption(ALL_STREAMS, GapCause.MAINTENANCE, span(100, 120)),
    ]
    assert [(one.span, one.cause) for one in explained([span(60, 150)], known)] == [
        (span(60, 100), GapCause.CAMERA),
        (span(100, 120), GapCause.MAINTENANCE),
        (span(120, 150), GapCause.CAMERA),
    ]
