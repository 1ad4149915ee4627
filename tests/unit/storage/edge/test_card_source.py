"""Cards as a source beside the edge's own recordings."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from shared.cards import CARD_RUN, CardBegin, CardEnd, CardItem, CardRecorded
from shared.clock import SystemClock
from shared.errors import NotFound, TooManyRequests, Unavailable
from shared.ids import StreamId, StreamKind
from shared.messages.storage import RecordingPolicy
from shared.reasons import why
from shared.spans import Span
from shared.units import AccessUnit, UtcSource
from storage.edge.authorised import Authorised
from storage.edge.card_source import CELL_NS, CardSource, cells_of
from storage.edge.card_writer import CardWriter
from storage.edge.source import SegmentFile
from storage.fetching.parts import opened
from storage.fmp4.identity import CardClock
from storage.fmp4.reader import read_layout
from storage.metrics import CardMetrics, RecorderMetrics
from storage.model.stretches import within
from storage.objects.disk import RealDisk
from tests.support.pictures import STREAM, units
from tests.unit.storage.edge.source_contract import FilledSource, SourceContract

S = 1_000_000_000
NOW_NS = 1_795_000_000 * S
DAY0 = NOW_NS // CELL_NS * CELL_NS - 3600 * S


class At(SystemClock):
    """A clock whose UTC is as the test says, and whose time passes as it says too."""

    def __init__(self) -> None:
        self.utc, self.passed = NOW_NS, 0

    def utc_ns(self) -> int:
        return self.utc

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.passed


@dataclass
class Cards:
    """A worker that offers a card with groups of two seconds."""

    spans: list[Span] = field(default_factory=lambda: [Span(DAY0, DAY0 + 600 * S)])
    asked: list[Span] = field(default_factory=list)
    missing: bool = False
    fails: bool = False
    busy: bool = False
    empty: bool = False
    cut: bool = False

    async def recorded(self, stream: StreamId, span: Span) -> CardRecorded:
        if self.missing:
            raise NotFound("no card")
        if self.fails:
            raise Unavailable("no answer")
        if self.busy:
            raise TooManyRequests("others are read", 60)
        return CardRecorded(tuple(within([span], self.spans)), 0, 0)

    async def footage(self, stream: StreamId, span: Span) -> AsyncGenerator[CardItem, None]:
        self.asked.append(span)
        if self.fails:
            raise Unavailable("no answer")
        count = 0
        yield CardBegin(3600 * S, 1000)
        for unit in () if self.empty else card_units(span):
            if any(one.start_ns <= unit.utc_ns < one.end_ns for one in self.spans):
                count += 1
                yield unit
        reason = why("card-silent", "{place} stopped", place="x") if self.cut else None
        yield CardEnd(not self.cut, count, 0, 0, reason)


def card_units(span: Span) -> Sequence[AccessUnit]:
    """Groups of two seconds of UTC, those whose key picture is in the span."""
    first_ns = -(-span.start_ns // (2 * S)) * 2 * S
    seconds = (span.end_ns - first_ns) // S
    made = units(seconds * 25, start_ns=first_ns, run=CARD_RUN + 7)
    return [
        AccessUnit(
            one.stream,
            one.run,
            one.seq,
            first_ns * 9 // 100_000 + one.pts90,
            one.utc_ns,
            UtcSource.CARD,
            1000,
            one.key,
            one.codec,
            one.data,
        )
        for one in made
    ]


@dataclass
class Own:
    """The edge's own recordings."""

    spans: list[Span] = field(default_factory=list)

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        return self.spans

    def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        raise AssertionError("not asked for files")


@dataclass
class Bench:
    source: CardSource
    cards: Cards
    own: Own
    clock: At
    authorised: Authorised
    folder: Path

    async def fetched(self, span: Span) -> list[SegmentFile]:
        found = []
        async with aclosing(self.source.fetch(STREAM, span)) as files:
            async for file in files:
                assert sha256(file.path.read_bytes()).hexdigest() == file.sha256
                assert file.path.stat().st_size == file.size
                found.append(file)
        assert list(self.folder.iterdir()) == []
        return found


@asynccontextmanager
async def bench(tmp_path: Path, *, asked: bool = True, clock: At | None = None) -> AsyncIterator[Bench]:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "left.mp4").write_bytes(b"of a process that was killed")
    clock, cards, own = clock or At(), Cards(), Own()
    clock.utc = DAY0 - 1000 * S
    authorised = Authorised(tmp_path / "kept", clock)
    authorised.apply([RecordingPolicy(str(STREAM), "Place", "", True, 30)])
    clock.utc = NOW_NS
    writer = CardWriter(folder, RealDisk(), SystemClock(), RecorderMetrics(), reserve_bytes=0)
    writer.start()
    streams = [STREAM, StreamId(STREAM.commune, STREAM.camera, StreamKind.SUB)]
    source = CardSource(cards, writer, authorised, own, lambda: streams, clock, CardMetrics())
    try:
        if asked:
            await source.ask_next()
        yield Bench(source, cards, own, clock, authorised, folder)
    finally:
        await writer.close()


def span(from_s: float, to_s: float) -> Span:
    return Span(DAY0 + int(from_s * S), DAY0 + int(to_s * S))


class Flying(At):
    """Time flies between two readings: no minute that was read must rest."""

    def monotonic_ns(self) -> int:
        self.passed += 4000 * S
        return super().monotonic_ns()


class TestContract(SourceContract):
    @pytest.fixture
    async def filled(self, tmp_path: Path) -> AsyncIterator[FilledSource]:
        async with bench(tmp_path, clock=Flying()) as at:
            at.cards.spans = [span(20, 118), span(300, 398)]
            await at.source.ask_next()
            yield FilledSource(at.source, *at.cards.spans)


async def test_what_is_lacking_comes_in_whole_minutes_newest_first_marked_as_the_cards(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as at:
        assert await at.source.ranges(STREAM, DAY0 - S, NOW_NS) == [span(0, 600)]
        files = []
        async with aclosing(at.source.fetch(STREAM, span(140, 250))) as found:
            async for file in found:
                with opened(file.path) as (read_at, size):
                    layout = read_layout(read_at, size)
                assert layout.identity.wall_source == "card"
                assert layout.identity.card == CardClock(3600 * S, 1000)
                assert (layout.identity.days, layout.identity.run) == (30, CARD_RUN + 7)
                assert layout.identity.start_ns == file.start_ns
                files.append(file)
        assert [(one.start_ns - DAY0) // S for one in files] == [240, 180, 120]
        assert at.cards.asked == [span(240, 300), span(180, 240), span(120, 180)]
        for older, newer in zip(files[1:], files, strict=False):
            assert abs(older.end_ns - newer.start_ns) < S // 5


async def test_the_same_minute_is_the_same_file_whatever_part_of_it_is_lacking(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        (one,) = await at.fetched(span(140, 150))
        at.clock.passed += 100 * S
        (other,) = await at.fetched(span(150, 180))
        assert (one.key, one.sha256) == (other.key, other.sha256)


async def test_the_minute_before_comes_too_where_its_last_group_may_reach_into_the_gap(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as at:
        files = await at.fetched(span(125, 130))
        assert [(one.start_ns - DAY0) // S for one in files] == [120, 60]


async def test_nothing_that_was_not_authorised_is_told_or_read(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.cards.spans = [span(-3600, 600)]
        at.clock.passed += 700 * S
        await at.source.ask_next()
        assert await at.source.ranges(STREAM, 0, NOW_NS) == [span(-1000, 600)]
        files = await at.fetched(span(-2000, -950))
        assert files
        assert min(one.start_ns for one in files) >= DAY0 - 1000 * S
        assert min(one.start_ns for one in at.cards.asked) >= DAY0 - 1000 * S


async def test_what_the_edge_has_itself_is_not_read_from_the_card(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.own.spans = [span(0, 240)]
        assert await at.fetched(span(30, 240)) == []
        assert at.cards.asked == []
        files = await at.fetched(span(30, 290))
        assert [(one.start_ns - DAY0) // S for one in files] == [240, 180]


async def test_what_is_still_being_recorded_is_left_to_the_recorders(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.clock.utc = DAY0 + 400 * S
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 180)]


async def test_a_card_that_cannot_be_read_is_tried_ever_more_seldom_and_keeps_nothing_waiting(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as at:
        at.cards.fails = True
        for passed_s, tries in ((0, 1), (30, 1), (31, 2), (500, 2), (101, 3), (3000, 3), (601, 4)):
            at.clock.passed += passed_s * S
            assert await at.fetched(span(140, 150)) == []
            assert len(at.cards.asked) == tries


async def test_a_minute_that_the_card_has_not_is_no_longer_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.cards.empty = True
        assert await at.fetched(span(140, 150)) == []
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 120), span(180, 600)]


async def test_what_came_of_a_replay_that_was_cut_is_given_and_told_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.cards.cut = True
        assert len(await at.fetched(span(140, 150))) == 1
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 600)]


async def test_cards_are_asked_seldom_and_forgotten_where_none_is_offered(tmp_path: Path) -> None:
    async with bench(tmp_path, asked=False) as at:
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == []
        await at.source.ask_next()
        at.cards.missing = True
        await at.source.ask_next()
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 600)]
        at.clock.passed += 601 * S
        await at.source.ask_next()
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == []


async def test_a_card_beside_one_that_is_being_read_is_asked_again_soon(tmp_path: Path) -> None:
    async with bench(tmp_path, asked=False) as at:
        at.cards.busy = True
        await at.source.ask_next()
        assert at.source.health() is None
        at.cards.busy = False
        at.clock.passed += 61 * S
        await at.source.ask_next()
        assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 600)]


async def test_a_card_that_cannot_be_asked_is_told_until_it_can_and_stays_known(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        assert at.source.health() is None
        for fails in (True, False):
            at.cards.fails = fails
            at.clock.passed += 601 * S
            await at.source.ask_next()
            assert (at.source.health() is not None) is fails
            assert await at.source.ranges(STREAM, DAY0, NOW_NS) == [span(0, 600)]


async def test_no_file_is_left_by_who_stops_in_the_middle_or_was_killed(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        assert list(at.folder.iterdir()) == []
        async with aclosing(at.source.fetch(STREAM, span(140, 290))) as files:
            one = await anext(files)
            assert one.path.exists()
        assert list(at.folder.iterdir()) == []


def test_minutes_are_those_of_utc() -> None:
    assert cells_of([span(10, 50), span(59, 61)]) == [span(0, 60), span(60, 120)]
    assert cells_of([]) == []
