"""What is told of a source is what it has, without its rows being read every few seconds."""

from collections.abc import AsyncGenerator, Sequence

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.spans import Span
from storage.edge.source import SegmentFile
from storage.edge.told import Told
from storage.model.stretches import within
from tests.support.pictures import START_NS, STREAM

S = 1_000_000_000
DAY = 86_400 * S


class Rows:
    """A source that counts how much it is asked about."""

    def __init__(self) -> None:
        self.spans = [Span(START_NS - 5 * DAY, START_NS - 4 * DAY)]
        self.asked: list[int] = []

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        self.asked.append(end_ns - start_ns)
        return within(self.spans, [Span(start_ns, end_ns)])

    async def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        for file in list[SegmentFile]():
            yield file


async def test_the_newest_is_asked_each_time_and_the_rest_every_ten_minutes() -> None:
    clock, rows = SimulatedClock(START_NS), Rows()
    told = Told([rows], clock)
    assert await told.ranges([STREAM]) == {STREAM: rows.spans}
    rows.spans.append(Span(START_NS - 10 * S, START_NS))
    await clock.advance(5)
    assert await told.ranges([STREAM]) == {STREAM: rows.spans}
    assert rows.asked[0] > 31 * DAY
    assert rows.asked[1] < DAY
    # What was destroyed is told until all is asked again.
    gone = rows.spans.pop(0)
    await clock.advance(5)
    assert (await told.ranges([STREAM]))[STREAM][0] == gone
    await clock.advance(601)
    assert await told.ranges([STREAM]) == {STREAM: rows.spans}


async def test_a_stream_that_comes_later_is_asked_whole_and_one_that_goes_is_told_no_more() -> None:
    clock, rows = SimulatedClock(START_NS), Rows()
    told, other = Told([rows], clock), StreamId(STREAM.commune, "cam-b")
    await told.ranges([STREAM])
    assert (await told.ranges([STREAM, other]))[other] == rows.spans
    assert list(await told.ranges([other])) == [other]
