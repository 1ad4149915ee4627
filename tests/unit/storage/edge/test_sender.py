"""What an edge tells and sends: in the order wanted, at its rate, nothing that was refused again."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import NotFound, Unavailable
from shared.ids import StreamId
from shared.messages.edge import (
    EdgeReport,
    EdgeWanted,
    FootageRange,
    SegmentOffer,
    UploadState,
    UploadStatus,
)
from shared.spans import Span
from storage.edge.pace import Pace
from storage.edge.sender import Sender
from storage.edge.source import SegmentFile
from storage.metrics import EdgeMetrics
from storage.model.segment import object_key
from tests.support.pictures import START_NS, STREAM

S = 1_000_000_000


@dataclass
class Shelf:
    """A source of minutes, each a file of 100,000 bytes."""

    folder: Path
    minutes: list[int]

    def file(self, minute: int) -> SegmentFile:
        path = self.folder / str(minute)
        path.write_bytes(b"x" * 100_000)
        start_ns = START_NS + minute * 60 * S
        key = object_key(STREAM, start_ns, 1, "e1")
        return SegmentFile(path, key, STREAM, 1, start_ns, start_ns + 60 * S, 100_000, f"{minute:064x}")

    async def ranges(self, stream: StreamId, start_ns: int, end_ns: int) -> Sequence[Span]:
        spans = [Span(START_NS + one * 60 * S, START_NS + (one + 1) * 60 * S) for one in self.minutes]
        return [one for one in spans if one.start_ns < end_ns and one.end_ns > start_ns]

    async def fetch(self, stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        for minute in sorted(self.minutes, reverse=True):
            file = self.file(minute)
            if file.start_ns < span.end_ns and file.end_ns > span.start_ns:
                yield file


@dataclass
class Far:
    """A centre that wants `wanted`; what came of each upload, in order."""

    wanted: tuple[FootageRange, ...] = ()
    refuses: bool = False
    forgets: int = 0
    away: bool = False
    reports: list[EdgeReport] = field(default_factory=list)
    came: list[tuple[str, int]] = field(default_factory=list)
    offered: dict[str, SegmentOffer] = field(default_factory=dict)

    async def report(self, report: EdgeReport) -> EdgeWanted:
        if self.away:
            raise Unavailable("away")
        self.reports.append(report)
        return EdgeWanted(self.wanted)

    async def offer(self, offer: SegmentOffer) -> UploadState:
        self.offered[offer.sha256] = offer
        if self.refuses:
            return UploadState(UploadStatus.REFUSED, reason="too late")
        size = sum(length for name, length in self.came if name == offer.sha256)
        done = size == offer.size
        return UploadState(UploadStatus.STORED if done else UploadStatus.WANTED, size)

    async def send(self, sha256: str, offset: int, data: bytes) -> UploadState:
        if self.forgets:
            self.forgets -= 1
            raise NotFound("offer it first")
        self.came.append((sha256, len(data)))
        return await self.offer(self.offered[sha256])


def minute(number: int, length: int = 1) -> FootageRange:
    start_ns = START_NS + number * 60 * S
    return FootageRange(str(STREAM), start_ns, start_ns + length * 60 * S)


@dataclass
class Sending:
    """A sender whose time passes as fast as it sends."""

    far: Far
    shelf: Shelf
    clock: SimulatedClock
    sender: Sender

    async def once(self) -> bool:
        return await self.sender.once()


@pytest.fixture
def sending(tmp_path: Path) -> Sending:
    clock, far, shelf = Flying(START_NS + 86_400 * S), Far(), Shelf(tmp_path, [0, 1, 2])
    sender = Sender(far, [shelf], lambda: [STREAM], Pace(50_000, clock), clock, EdgeMetrics())
    return Sending(far, shelf, clock, sender)


class Flying(SimulatedClock):
    """Whoever sleeps has slept already."""

    async def sleep(self, seconds: float) -> None:
        await self.advance(seconds)


async def test_everything_there_is_is_told_and_nothing_sent_that_nobody_wants(sending: Sending) -> None:
    assert not await sending.once()
    assert sending.far.reports[-1].ranges == (minute(0, 3),)
    assert sending.far.came == []


async def test_what_is_wanted_first_is_sent_first_newest_first_within_it(sending: Sending) -> None:
    sending.far.wanted = (minute(0), minute(1, 2))
    while await sending.once():
        pass
    names = list(dict.fromkeys(name for name, _ in sending.far.came))
    assert names == [f"{number:064x}" for number in (0, 2, 1)]
    assert sum(size for _, size in sending.far.came) == 300_000


async def test_it_sends_no_faster_than_its_rate_and_asks_again_every_five_seconds(sending: Sending) -> None:
    sending.far.wanted = (minute(0, 3),)
    began_ns = sending.clock.monotonic_ns()
    while await sending.once():
        pass
    # The first chunk goes at once, each later one when the one before is paid for.
    assert sending.clock.monotonic_ns() - began_ns >= (300_000 - 50_000) // 50_000 * S
    assert len(sending.far.reports) >= 2


async def test_what_is_refused_is_neither_sent_nor_told_again(sending: Sending) -> None:
    sending.far.wanted, sending.far.refuses = (minute(1),), True
    assert not await sending.once()
    sending.far.refuses = False
    assert not await sending.once()
    assert sending.far.came == []
    assert sending.far.reports[-1].ranges == (minute(2), minute(0))


async def test_a_centre_that_forgot_an_upload_is_offered_it_again(sending: Sending) -> None:
    sending.far.wanted, sending.far.forgets = (minute(0),), 1
    assert await sending.once()
    assert sum(size for _, size in sending.far.came) == 100_000


async def test_a_file_that_is_destroyed_meanwhile_is_left(sending: Sending) -> None:
    gone = replace(sending.shelf.file(0), path=sending.shelf.folder / "gone")

    async def fetch(stream: StreamId, span: Span) -> AsyncGenerator[SegmentFile, None]:
        yield gone

    sending.shelf.fetch = fetch  # type: ignore[method-assign]  # destroyed between two steps
    sending.far.wanted = (minute(0),)
    assert not await sending.once()
    assert sending.far.came == []


async def test_what_the_centre_may_lack_is_known_by_what_it_was_told_and_wants(sending: Sending) -> None:
    keys = [sending.shelf.file(number).key for number in (0, 1000)]
    assert [sending.sender.needed(key) for key in keys] == [True, True]
    await sending.once()
    assert not sending.sender.needed(keys[0])
    sending.far.wanted = (minute(0),)
    await sending.once()
    assert sending.sender.needed(keys[0])
    later = object_key(STREAM, sending.clock.utc_ns() + 60 * S, 1, "e1")
    assert sending.sender.needed(later)


async def test_a_centre_that_is_away_is_told_of_in_health(sending: Sending) -> None:
    sending.far.away = True
    with pytest.raises(Unavailable):
        await sending.once()
    assert sending.sender.health() is not None
