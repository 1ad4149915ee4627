"""What each edge has, what the centre lacks of it, and what is asked for next."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from shared.clock import Clock
from shared.errors import Forbidden
from shared.ids import StreamId
from shared.messages.edge import EdgeReport, EdgeWanted, FootageRange
from shared.reasons import why
from shared.spans import Span
from storage.fetching.choosing import Piece, choose
from storage.metrics import FetchMetrics
from storage.model.fetch import Gap, judged
from storage.model.segment import HOLE_NS
from storage.model.stretches import joined, within, without

MOST_EDGES = 1000
MOST_WISHES = 256
WISH_NS = 3_600_000_000_000
_MOST_PIECES = 24
_MOST_ASKED = 16
_WINDOW_NS = 6 * 3_600_000_000_000
_MOST_WINDOWS = 100
"""Compared with the index for one report."""
_COMPARED_NS = 1800 * 1_000_000_000
_HEARD_NS = 60 * 1_000_000_000
"""An edge that was not heard for so long is away: it fetches nothing now."""

_OLDEST_NS = 32 * 24 * 3_600_000_000_000
"""Nothing older may be anywhere, but for what holds keep, which is here or lost."""


@dataclass(frozen=True, slots=True)
class Here:
    """What of a span needs no fetching: `settled` is here, or nobody may have it any more; from
    `coming_ns` on it is being recorded here."""

    settled: Sequence[Span]
    coming_ns: int | None = None


Look = Callable[[StreamId, Span], Awaitable[Here]]
"""Looks at what the centre has of a span. Raises Unavailable."""


@dataclass(slots=True)
class _Edge:
    """What an edge told last, by stream, and what it was asked for then."""

    heard_ns: int
    ranges: dict[StreamId, list[Span]] = field(default_factory=dict)
    asked: tuple[Piece, ...] = ()
    covered: dict[StreamId, list[Span]] = field(default_factory=dict)
    compared_ns: int = 0


class Edges:
    """One edge a commune. Nothing here lasts: a report says everything again.

    What was found to be covered is looked at again after half an hour only: a report of a month of footage
    is compared with the index a few hours at a time.
    """

    def __init__(self, look: Look, clock: Clock, metrics: FetchMetrics) -> None:
        self._look = look
        self._clock = clock
        self._metrics = metrics
        self._edges: OrderedDict[str, _Edge] = OrderedDict()
        self._wishes: OrderedDict[Piece, None] = OrderedDict()

    async def hear(self, commune: str, report: EdgeReport) -> EdgeWanted:
        """Take what a commune's edge has; the answer is what to send. Raises Forbidden, Unavailable.

        What nobody may have any more is never asked for.
        """
        now_ns = self._clock.monotonic_ns()
        edge = self._edges.get(commune) or _Edge(now_ns, compared_ns=now_ns)
        edge.ranges = _ranges(commune, report, self._clock.utc_ns())
        edge.heard_ns = now_ns
        if now_ns - edge.compared_ns > _COMPARED_NS:
            edge.covered, edge.compared_ns = {}, now_ns
        self._edges[commune] = edge
        self._edges.move_to_end(commune)
        while len(self._edges) > MOST_EDGES:
            self._edges.popitem(last=False)
        mine = [wish for wish in reversed(self._wishes) if wish.stream.commune == commune]
        missing, all_known = await self._missing(edge, mine)
        self._forget_fetched(edge, mine)
        edge.asked = tuple(choose(missing, mine, _MOST_ASKED))
        self._metrics.edges.set(len(self._edges))
        self._metrics.wanted_s.labels(commune).set(
            sum(span.length_ns for spans in missing.values() for span in spans) / 1e9
        )
        every = [one for spans in missing.values() for one in spans]
        named = [one.span for one in edge.asked]
        return EdgeWanted(
            tuple(FootageRange(str(one.stream), one.span.start_ns, one.span.end_ns) for one in edge.asked),
            more=not all_known or sum(one.length_ns for one in every) > sum(one.length_ns for one in named),
        )

    def wish(self, stream: StreamId, span: Span) -> None:
        """Somebody waits for this: it goes before all else, what was wished last first.

        Of a stretch longer than a day its beginning. Beyond MOST_WISHES the oldest is forgotten, and fetched
        in its turn. Where no edge of the commune was heard, nothing is there to be fetched.
        """
        if stream.commune not in self._edges:
            return
        end_ns = min(span.end_ns, span.start_ns + _MOST_PIECES * WISH_NS)
        for start_ns in reversed(range(span.start_ns, end_ns, WISH_NS)):
            wish = Piece(stream, Span(start_ns, min(end_ns, start_ns + WISH_NS)))
            self._wishes[wish] = None
            self._wishes.move_to_end(wish)
        while len(self._wishes) > MOST_WISHES:
            self._wishes.popitem(last=False)

    def judge(self, stream: StreamId, gaps: Sequence[Span]) -> list[Gap]:
        """What can be done about gaps of a stream."""
        edge = self._edges.get(stream.commune)
        if edge is None:
            return judged(gaps, (), ())
        asked = [one.span for one in edge.asked if one.stream == stream]
        wished = [wish.span for wish in self._wishes if wish.stream == stream]
        here = self._clock.monotonic_ns() - edge.heard_ns <= _HEARD_NS
        return judged(gaps, edge.ranges.get(stream, ()), [*asked, *wished] if here else ())

    async def _missing(self, edge: _Edge, wishes: Sequence[Piece]) -> tuple[dict[StreamId, list[Span]], bool]:
        """What the centre lacks of what an edge has, of what was wished and else of the newest windows, and
        whether that is all."""
        missing: dict[StreamId, list[Span]] = {}
        windows = 0
        for stream, span in self._windows(edge, wishes):
            known = edge.covered.get(stream, [])
            unknown = without(within(edge.ranges.get(stream, ()), [span]), known)
            if not unknown:
                continue
            windows += 1
            if windows > _MOST_WINDOWS or len(choose(missing, (), _MOST_ASKED)) >= _MOST_ASKED:
                return missing, False
            here = await self._look(stream, Span(unknown[0].start_ns, unknown[-1].end_ns))
            if here.coming_ns is not None:
                unknown = within(unknown, [Span(0, here.coming_ns)])
            settled = joined(here.settled, HOLE_NS)
            lacking = [one for one in without(unknown, settled) if one.length_ns > HOLE_NS]
            edge.covered[stream] = joined([*known, *without(unknown, lacking)])
            missing[stream] = joined([*missing.get(stream, ()), *lacking])
        return missing, True

    def _forget_fetched(self, edge: _Edge, wishes: Sequence[Piece]) -> None:
        """Wishes that came true; one that nobody can fulfil yet stays."""
        for wish in wishes:
            there = within(edge.ranges.get(wish.stream, ()), [wish.span])
            if there and not without(there, edge.covered.get(wish.stream, ())):
                del self._wishes[wish]

    def _windows(self, edge: _Edge, wishes: Sequence[Piece]) -> Iterator[tuple[StreamId, Span]]:
        for wish in wishes:
            yield wish.stream, wish.span
        newest_ns = max((spans[-1].end_ns for spans in edge.ranges.values()), default=0)
        oldest_ns = min((spans[0].start_ns for spans in edge.ranges.values()), default=newest_ns)
        end_ns = newest_ns
        while end_ns > oldest_ns:
            for stream in edge.ranges:
                yield stream, Span(end_ns - _WINDOW_NS, end_ns)
            end_ns -= _WINDOW_NS


def _ranges(commune: str, report: EdgeReport, now_ns: int) -> dict[StreamId, list[Span]]:
    told: dict[StreamId, list[Span]] = {}
    for one in report.ranges:
        stream = StreamId.parse(one.stream)
        if stream.commune != commune:
            raise Forbidden(
                why("worker-elsewhere", "a worker reports on the cameras of its own commune only")
            )
        span = Span(max(one.start_ns, now_ns - _OLDEST_NS), min(one.end_ns, now_ns))
        told.setdefault(stream, []).append(span)
    return {stream: found for stream, spans in told.items() if (found := joined(spans))}
