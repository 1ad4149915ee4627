"""Cameras' own cards as a source of footage: what neither centre nor edge has is often still there."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from shared.clock import Clock
from shared.errors import BeffroiError, NotFound, TooManyRequests
from shared.ids import StreamId, StreamKind
from shared.log import get_logger
from shared.messages.storage import RecordingPolicy
from shared.spans import Span
from storage.edge.authorised import Authorised
from storage.edge.card_client import CardsBeside
from storage.edge.card_writer import CardWriter
from storage.edge.source import FootageSource, SegmentFile
from storage.metrics import CardMetrics
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.stretches import joined, within, without

_SECOND_NS = 1_000_000_000
CELL_NS = 60 * _SECOND_NS
"""A card is read in minutes of UTC, whatever part of one is lacking: the same minute is the same file."""

LEAD_NS = 15 * _SECOND_NS
"""The group of pictures that goes on where a gap begins may have begun in the minute before."""

SETTLED_NS = 180 * _SECOND_NS
"""What is younger is still being recorded, finished and sent without any card."""

EVERY_S = 600.0
_PAUSES_S = (0.0, 60.0, 600.0, 3600.0)
_MOST_IN_VAIN = 3
"""A card that says it has a minute, and gave nothing of it so often, has it not."""
_REMEMBERED = 10_000
_LOOK_S = 5.0


@dataclass(slots=True)
class _Tried:
    """How often a minute was read, when next it may be, and whether the card had nothing of it."""

    times: int = 0
    next_ns: int = 0
    absent: bool = False


class CardSource:
    """A `FootageSource`. `run` asks cards now and then what they have; `ranges` tells what they said.

    Only what `authorised` allows is told and fetched, and nothing that `beside`, the edge's own recordings,
    has. A card that cannot be read keeps nothing else waiting: it gives nothing, and is tried again later.
    """

    def __init__(
        self,
        cards: CardsBeside,
        writer: CardWriter,
        authorised: Authorised,
        beside: FootageSource,
        streams: Callable[[], Sequence[StreamId]],
        clock: Clock,
        metrics: CardMetrics,
    ) -> None:
        self._cards, self._writer, self._authorised, self._beside = cards, writer, authorised, beside
        self._streams, self._clock, self._metrics = streams, clock, metrics
        self._known: dict[StreamId, tuple[Span, ...]] = {}
        self._wrong: dict[StreamId, str] = {}
        self._asked_ns: dict[StreamId, int] = {}
        self._tried: OrderedDict[tuple[StreamId, int], _Tried] = OrderedDict()
        self._log = get_logger("storage")

    def health(self) -> str | None:
        """The first card that could not be asked, and how many could not."""
        if not self._wrong:
            return None
        stream, reason = next(iter(self._wrong.items()))
        return f"{len(self._wrong)} cameras' cards cannot be read, first {stream}: {reason}"

    async def run(self) -> None:
        """Ask for ever what the cards have, one after the other."""
        while True:
            await self.ask_next()
            await self._clock.sleep(_LOOK_S)

    async def ask_next(self) -> None:
        """Ask the card that was asked longest ago, where that is long enough ago."""
        now_ns, utc_ns = self._clock.monotonic_ns(), self._clock.utc_ns()
        streams = [one for one in self._streams() if one.kind is StreamKind.MAIN]
        self._known = {stream: spans for stream, spans in self._known.items() if stream in streams}
        self._asked_ns = {stream: at_ns for stream, at_ns in self._asked_ns.items() if stream in streams}
        self._wrong = {stream: reason for stream, reason in self._wrong.items() if stream in streams}
        due = [
            stream
            for stream in streams
            if stream not in self._asked_ns or (now_ns - self._asked_ns[stream]) / 1e9 >= EVERY_S
        ]
        if not due:
            return
        stream = min(due, key=lambda one: self._asked_ns.get(one, -1))
        self._asked_ns[stream] = now_ns
        asked = Span(utc_ns - (MAX_DAYS + 1) * DAY_NS, utc_ns)
        try:
            self._known[stream] = (await self._cards.recorded(stream, asked)).spans
            self._wrong.pop(stream, None)
        except NotFound:
            self._known.pop(stream, None)
            self._wrong.pop(stream, None)
        except TooManyRequests as busy:
            self._asked_ns[stream] = now_ns - int((EVERY_S - busy.retry_after_s) * 1e9)
        except BeffroiError as error:
            self._wrong[stream] = error.detail
            self._log.warning("card-not-asked", stream=str(stream), reason=error.detail)

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        absent = [
            Span(cell_ns, cell_ns + CELL_NS)
            for (of, cell_ns), tried in self._tried.items()
            if of == stream and tried.absent
        ]
        told = within(self._known.get(stream, ()), [Span(start_ns, end_ns)])
        return without(within(told, [span for span, _ in self._allowed(stream)]), absent)

    async def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        there = await self.ranges(stream, span.start_ns - LEAD_NS, span.end_ns)
        own = await self._beside.ranges(stream, span.start_ns, span.end_ns)
        lacking = without(within(there, [span]), own)
        led = [Span(one.start_ns - LEAD_NS, one.end_ns) for one in lacking]
        for cell in reversed(cells_of(within(there, led))):
            if not self._turn(stream, cell):
                continue
            for policy, part in self._parts(stream, cell):
                files = await self._read(policy, stream, part, cell)
                try:
                    for file in reversed(files):
                        yield file
                finally:
                    # Whatever became of it: a copy that nobody waits for is one that nobody destroys.
                    self._writer.remove([file.path for file in files])

    def _allowed(self, stream: StreamId) -> list[tuple[Span, RecordingPolicy]]:
        """What may be taken of a stream, and as what it is recorded."""
        now_ns = self._clock.utc_ns()
        settled = Span(0, (now_ns - SETTLED_NS) // CELL_NS * CELL_NS)
        found = []
        for one in self._authorised.of(stream):
            policy = RecordingPolicy(one.stream, one.name, "", True, one.days)
            found += [(span, policy) for span in within([one.allows(now_ns)], [settled])]
        return found

    def _parts(self, stream: StreamId, cell: Span) -> list[tuple[RecordingPolicy, Span]]:
        """What of a minute may be taken, newest first, cut where authorisations change."""
        return [
            (policy, part)
            for span, policy in reversed(self._allowed(stream))
            for part in within([cell], [span])
        ]

    async def _read(
        self, policy: RecordingPolicy, stream: StreamId, part: Span, cell: Span
    ) -> list[SegmentFile]:
        try:
            async with aclosing(self._cards.footage(stream, part)) as items:
                written = await self._writer.write(policy, items)
        except BeffroiError as error:
            self._metrics.failures.inc()
            self._log.warning("card-not-read", stream=str(stream), reason=error.detail)
            return []
        files, end = written.files, written.end
        complete = end is not None and end.complete
        tried = self._tried[stream, cell.start_ns]
        tried.absent = not files and (complete or tried.times >= _MOST_IN_VAIN)
        self._metrics.segments.inc(len(files))
        if not complete:
            told = "" if end is None or end.why is None else end.why.text
            self._log.warning("card-cut-short", stream=str(stream), reason=told)
        return files

    def _turn(self, stream: StreamId, cell: Span) -> bool:
        """Whether a minute may be read now: again and again it is not, at ever longer pauses."""
        now_ns = self._clock.monotonic_ns()
        tried = self._tried.setdefault((stream, cell.start_ns), _Tried())
        self._tried.move_to_end((stream, cell.start_ns))
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        if now_ns < tried.next_ns:
            return False
        tried.times += 1
        pause_s = _PAUSES_S[min(tried.times, len(_PAUSES_S) - 1)]
        tried.next_ns = now_ns + int(pause_s * 1e9)
        return True


def cells_of(spans: Sequence[Span]) -> list[Span]:
    """The minutes of UTC that have something of some spans, oldest first."""
    whole = joined(
        Span(span.start_ns // CELL_NS * CELL_NS, -(-span.end_ns // CELL_NS) * CELL_NS) for span in spans
    )
    return [
        Span(at_ns, at_ns + CELL_NS) for span in whole for at_ns in range(span.start_ns, span.end_ns, CELL_NS)
    ]
