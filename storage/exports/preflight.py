"""What an export of a range would have: asked before somebody approves it. Nothing is changed by asking."""

from shared.clock import Clock
from shared.errors import BadInput
from shared.gap_causes import GapCause
from shared.ids import StreamId
from shared.messages.desk import Missing, MissingCause, StreamSurvey, Surveyed, SurveyOrder
from shared.reasons import why
from shared.spans import Span
from shared.utc import instant_of
from storage.index.holds import Hold
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows
from storage.lifecycle.holds import Holds
from storage.model.deadline import deadline_ns
from storage.model.instants import ns_from_datetime
from storage.model.interruptions import explained
from storage.model.ranges import coverage, gaps, present
from storage.model.segment import Footage
from storage.playback.catalogue import Catalogue
from storage.recording.places import Places

_NAMED = 20
_MAX_STREAMS = 200


class Preflight:
    """Asks the same catalogue as the export does: what is told here is what it would find now."""

    def __init__(
        self,
        catalogue: Catalogue,
        rows: SegmentRows,
        shown: ShownRows,
        places: Places,
        holds: Holds,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self._rows = rows
        self._shown = shown
        self._places = places
        self._holds = holds
        self._clock = clock

    async def survey(self, order: SurveyOrder) -> Surveyed:
        """What there is of each stream. Raises BadInput."""
        asked = Span(ns_from_datetime(order.start, "start"), ns_from_datetime(order.end, "end"))
        if asked.length_ns <= 0:
            raise BadInput(why("range-reversed", "an export ends after it starts"), "end")
        if not 0 < len(order.streams) <= _MAX_STREAMS:
            raise BadInput(
                why("export-cameras", "an export is of 1 to {most} cameras", most=_MAX_STREAMS), "streams"
            )
        streams = [StreamId.parse(stream) for stream in order.streams]
        held = [hold for hold in await self._holds.all() if hold.id not in order.but_for]
        return Surveyed(tuple([await self._of(stream, asked, held) for stream in streams]))

    async def _of(self, stream: StreamId, asked: Span, held: list[Hold]) -> StreamSurvey:
        footage = await self._catalogue.between(stream, asked.start_ns, asked.end_ns)
        found = present(footage, asked)
        mine = [
            hold
            for hold in held
            if hold.stream == str(stream) and hold.start_ns < asked.end_ns and hold.end_ns > asked.start_ns
        ]
        missing = await self._missing(stream, gaps(found, asked))
        dies_ns = min(
            (deadline_ns(one.start_ns, one.days) for one in footage if not _kept(one, mine)), default=None
        )
        return StreamSurvey(
            stream=str(stream),
            bytes=await self._bytes(stream, footage, asked),
            coverage=coverage(found, asked),
            codecs=tuple(sorted({one.codec for one in footage})),
            missing=tuple(missing[:_NAMED]),
            more=max(0, len(missing) - _NAMED),
            dies_at=None if dies_ns is None else instant_of(dies_ns),
            held_by=tuple(sorted(hold.id for hold in mine)),
        )

    async def _missing(self, stream: StreamId, absent: list[Span]) -> list[Missing]:
        """Each gap cut where its cause changes: at the deadline in force, at now, and by what was written
        down in between."""
        if not absent:
            return []
        now_ns = self._clock.utc_ns()
        known = await self._catalogue.interruptions(stream, Span(absent[0].start_ns, absent[-1].end_ns))
        over_ns = await self._shown.over_ns(stream, now_ns)
        parts: list[Missing] = []
        for gap in absent:
            over_at = min(max(over_ns, gap.start_ns), gap.end_ns)
            past_ns = min(max(now_ns, over_at), gap.end_ns)
            inside = [] if past_ns <= over_at else explained([Span(over_at, past_ns)], known)
            parts += [
                Missing(instant_of(one.start_ns), instant_of(one.end_ns), cause)
                for one, cause in (
                    (Span(gap.start_ns, over_at), MissingCause.OVER),
                    *((one.span, _missing_cause(one.cause)) for one in inside),
                    (Span(past_ns, gap.end_ns), MissingCause.TO_COME),
                )
                if one.length_ns > 0
            ]
        return parts

    async def _bytes(self, stream: StreamId, footage: list[Footage], asked: Span) -> int:
        """Of each segment the share that lies in the range."""
        rows = await self._rows.between(stream, asked.start_ns, asked.end_ns)
        sizes = {row.key: row.size for row in rows}
        total = 0.0
        for one in footage:
            size = sizes.get(one.key) or self._places.spool.size(one.key) or 0
            inside_ns = min(one.to_ns, asked.end_ns) - max(one.from_ns, asked.start_ns)
            total += size * inside_ns / max(1, one.end_ns - one.start_ns)
        return round(total)


def _missing_cause(cause: GapCause) -> MissingCause:
    return MissingCause.NONE if cause is GapCause.UNKNOWN else MissingCause(cause.value)


def _kept(one: Footage, holds: list[Hold]) -> bool:
    return any(hold.start_ns < one.end_ns and hold.end_ns > one.start_ns for hold in holds)
