"""What an edge is asked for next: all that is missing in the end, what somebody waits for first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ids import StreamId
from shared.spans import Span
from storage.fetching.choosing import Piece, choose
from storage.model.stretches import joined, within, without

STREAMS = [StreamId("59350", f"cam-{number}") for number in range(3)]
SPANS = st.lists(st.builds(Span, st.integers(0, 60), st.integers(0, 60)), max_size=5).map(joined)
MISSING = st.fixed_dictionaries(dict.fromkeys(STREAMS, SPANS))
WISHES = st.lists(
    st.builds(Piece, st.sampled_from(STREAMS), st.builds(Span, st.integers(0, 60), st.integers(0, 60))),
    max_size=4,
)
PIECE = 7


def instants(missing: dict[StreamId, list[Span]]) -> set[tuple[StreamId, int]]:
    return {
        (stream, at)
        for stream, spans in missing.items()
        for span in spans
        for at in range(span.start_ns, span.end_ns)
    }


def of(pieces: list[Piece]) -> list[tuple[StreamId, int]]:
    return [(one.stream, at) for one in pieces for at in range(one.span.start_ns, one.span.end_ns)]


@settings(max_examples=40)
@given(MISSING, WISHES, st.integers(1, 40))
def test_only_what_is_missing_is_asked_for_and_nothing_twice(
    missing: dict[StreamId, list[Span]], wishes: list[Piece], most: int
) -> None:
    chosen = choose(missing, wishes, most, PIECE)
    asked = of(chosen)
    assert set(asked) <= instants(missing)
    assert len(asked) == len(set(asked))
    assert len(chosen) <= most
    assert all(0 < one.span.length_ns <= PIECE for one in chosen)


@settings(max_examples=40)
@given(MISSING, WISHES)
def test_what_somebody_waits_for_goes_first_in_the_order_given_then_the_newest(
    missing: dict[StreamId, list[Span]], wishes: list[Piece]
) -> None:
    chosen = choose(missing, wishes, 1000, PIECE)
    first: list[Piece] = []
    left = dict(missing)
    for wish in wishes:
        wanted = instants({wish.stream: within(left[wish.stream], [wish.span])})
        mine = chosen[len(first) :]
        while wanted:
            wanted -= set(of(mine[:1]))
            first, mine = [*first, mine[0]], mine[1:]
        left[wish.stream] = without(left[wish.stream], [wish.span])
    rest = chosen[len(first) :]
    assert set(of(rest)) == instants(left)
    ends = [one.span.end_ns for one in rest]
    assert ends == sorted(ends, reverse=True)


@settings(max_examples=40)
@given(MISSING, WISHES, st.integers(1, 4))
def test_asking_again_and_again_ends_with_nothing_missing(
    missing: dict[StreamId, list[Span]], wishes: list[Piece], most: int
) -> None:
    for _ in range(200):
        chosen = choose(missing, wishes, most, PIECE)
        if not chosen:
            break
        for one in chosen:
            missing = missing | {one.stream: without(missing[one.stream], [one.span])}
    assert instants(missing) == set()
