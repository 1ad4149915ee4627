"""What every source of footage owes (`storage.edge.source`): a test class of an implementation inherits this.

An implementation gives `filled` (a fixture): footage of STREAM in two ranges that lie apart, with at least
two segments in the first, and nothing of OUTSIDE.
"""

import hashlib
from contextlib import aclosing
from dataclasses import dataclass

from shared.ids import StreamId
from shared.spans import Span
from storage.edge.source import FootageSource, SegmentFile
from storage.fmp4.reader import read_layout
from storage.model.segment import HOLE_NS, capture_of_spool_name, spool_name
from storage.recording.survey import opened
from tests.support.pictures import STREAM

OUTSIDE = Span(1_000_000_000, 2_000_000_000)
"""A time of which no source has anything."""


@dataclass(frozen=True)
class FilledSource:
    """A source with footage of STREAM in `first` and `second`, which lie apart."""

    source: FootageSource
    first: Span
    second: Span

    @property
    def both(self) -> Span:
        return Span(self.first.start_ns, self.second.end_ns)


async def fetched(source: FootageSource, stream: StreamId, span: Span) -> list[SegmentFile]:
    """The segments of a span, each read while its file is there."""
    found: list[SegmentFile] = []
    async with aclosing(source.fetch(stream, span)) as files:
        async for file in files:
            data = file.path.read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
            with opened(file.path) as (read_at, size):
                layout = read_layout(read_at, size)
            told = layout.identity
            assert (told.stream, told.run, told.start_ns) == (file.stream, file.run, file.start_ns)
            assert (layout.end, layout.end_ns) == (file.size, file.end_ns)
            found.append(file)
    return found


class SourceContract:
    """Each test is given `filled`."""

    async def test_its_ranges_lie_apart_oldest_first_within_what_was_asked(
        self, filled: FilledSource
    ) -> None:
        found = await filled.source.ranges(STREAM, filled.both.start_ns, filled.both.end_ns)
        assert list(found) == [filled.first, filled.second]
        middle_ns = (filled.first.start_ns + filled.first.end_ns) // 2
        cut = await filled.source.ranges(STREAM, middle_ns, filled.second.start_ns)
        assert list(cut) == [Span(middle_ns, filled.first.end_ns)]

    async def test_it_knows_nothing_of_other_times_and_streams(self, filled: FilledSource) -> None:
        other, both = StreamId(STREAM.commune, "cam-nobody-has"), filled.both
        assert list(await filled.source.ranges(other, both.start_ns, both.end_ns)) == []
        assert list(await filled.source.ranges(STREAM, OUTSIDE.start_ns, OUTSIDE.end_ns)) == []
        assert await fetched(filled.source, other, both) == []
        assert await fetched(filled.source, STREAM, OUTSIDE) == []

    async def test_its_segments_are_whole_files_newest_first_that_say_inside_what_they_are(
        self, filled: FilledSource
    ) -> None:
        found = await fetched(filled.source, STREAM, filled.both)
        starts = [file.start_ns for file in found]
        assert starts == sorted(starts, reverse=True)
        for file in found:
            capture = capture_of_spool_name(spool_name(file.key))
            assert capture == (STREAM, file.start_ns // 1_000_000 * 1_000_000)

    async def test_its_segments_cover_what_its_ranges_promise(self, filled: FilledSource) -> None:
        for promised in await filled.source.ranges(STREAM, filled.both.start_ns, filled.both.end_ns):
            files = sorted(await fetched(filled.source, STREAM, promised), key=lambda one: one.start_ns)
            at_ns = promised.start_ns
            for file in files:
                assert file.start_ns - at_ns <= HOLE_NS
                at_ns = max(at_ns, file.end_ns)
            assert at_ns >= promised.end_ns

    async def test_it_gives_a_part_by_whole_segments_and_the_same_keys_each_time(
        self, filled: FilledSource
    ) -> None:
        newest = Span(filled.first.end_ns - 1, filled.first.end_ns)
        (last,) = await fetched(filled.source, STREAM, newest)
        assert last.start_ns < newest.start_ns
        whole = await fetched(filled.source, STREAM, filled.first)
        assert whole[0] == last
        assert len(whole) > 1
