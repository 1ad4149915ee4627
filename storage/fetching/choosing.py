"""Chooses what an edge is asked for next, of what the centre lacks. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.ids import StreamId
from shared.spans import Span
from storage.model.stretches import within, without

PIECE_NS = 600_000_000_000
"""Longer stretches are asked for in pieces, so that what somebody waits for need not wait for a day."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a stream to ask for."""

    stream: StreamId
    span: Span


def choose(
    missing: Mapping[StreamId, Sequence[Span]], urgent: Iterable[Piece], most: int, piece_ns: int = PIECE_NS
) -> list[Piece]:
    """`most` pieces of what is missing, none twice: first what is `urgent`, in the order given, then the
    newest of all streams. Within an urgent stretch the newest goes first too."""
    chosen: list[Piece] = []
    left = {stream: list(spans) for stream, spans in missing.items()}
    for wish in urgent:
        wanted = within(left.get(wish.stream, ()), [wish.span])
        pieces = [Piece(wish.stream, span) for span in _newest_first(wanted, piece_ns)]
        chosen += pieces[: most - len(chosen)]
        left[wish.stream] = without(left.get(wish.stream, ()), wanted)
        if len(chosen) >= most:
            return chosen
    rest = [Piece(stream, span) for stream, spans in left.items() for span in _newest_first(spans, piece_ns)]
    rest.sort(key=lambda one: (one.span.end_ns, str(one.stream)), reverse=True)
    return chosen + rest[: most - len(chosen)]


def _newest_first(spans: Sequence[Span], piece_ns: int) -> Iterator[Span]:
    for span in sorted(spans, key=lambda one: one.start_ns, reverse=True):
        end_ns = span.end_ns
        while end_ns > span.start_ns:
            start_ns = max(span.start_ns, end_ns - piece_ns)
            yield Span(start_ns, end_ns)
            end_ns = start_ns
