"""What keeps streams from being recorded is written down while it does, and known after restarts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from shared.clock import SimulatedClock
from shared.gap_causes import GapCause
from shared.messages.ingest import CameraStatus
from shared.messages.storage import CameraStanding, CameraStandings, RecordingReport, RecordingStatus
from shared.reasons import why
from shared.utc import instant_of
from storage.index.database import Database
from storage.index.interruptions import InterruptionRows
from storage.index.marks import Marks
from storage.lifecycle.interruptions import Interruptions
from storage.model.deadline import DAY_NS
from storage.model.interruptions import ALL_STREAMS
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.rows import index_in_memory
from tests.unit.storage.workshop import policy

S = 1_000_000_000
NAME = str(STREAM)


@dataclass
class Watch:
    """One storage after the other over the same index, and what it is told."""

    database: Database
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START_NS))
    reports: list[RecordingReport] = field(default_factory=list)
    may_publish: bool = True

    def __post_init__(self) -> None:
        self.rows = InterruptionRows(self.database)
        self.begun = self.again()

    def again(self) -> Interruptions:
        """As after a restart."""
        self.begun = Interruptions(
            self.rows,
            Marks(self.database),
            self.clock,
            reports=lambda: self.reports,
            may_publish=lambda _: self.may_publish,
        )
        return self.begun

    def is_(self, status: RecordingStatus, code: str = "recording-no-picture") -> None:
        since = instant_of(self.clock.utc_ns())
        self.reports = [RecordingReport(NAME, status, "", since, why(code, "x"))]

    def camera(self, status: CameraStatus, code: str = "") -> None:
        since = instant_of(self.clock.utc_ns())
        self.begun.hear(CameraStandings((CameraStanding(NAME, status, since, code),)))

    async def after(self, seconds: float) -> None:
        await self.clock.advance(seconds)
        await self.begun.look()

    async def known(self) -> list[tuple[GapCause, float, float]]:
        """What is known of the stream, in seconds since the beginning."""
        now_ns = self.clock.utc_ns()
        found = await self.rows.between(NAME, START_NS - DAY_NS, now_ns + S, now_ns)
        return sorted(
            (one.cause, (one.span.start_ns - START_NS) / S, (one.span.end_ns - START_NS) / S) for one in found
        )


@asynccontextmanager
async def watch() -> AsyncIterator[Watch]:
    async with index_in_memory() as database:
        yield Watch(database)


async def test_a_camera_that_is_refused_is_the_cause_until_it_is_recorded_again() -> None:
    async with watch() as one:
        await one.begun.begin()
        one.is_(RecordingStatus.RECORDING)
        await one.after(10)
        one.is_(RecordingStatus.WAITING)
        one.camera(CameraStatus.REFUSED, "refused")
        await one.after(5)
        one.is_(RecordingStatus.RECORDING)
        await one.after(20)
        assert await one.known() == [(GapCause.CAMERA, 10, 35)]


async def test_a_worker_that_is_silent_or_has_the_pictures_is_a_cut_link() -> None:
    async with watch() as one:
        for status, code in ((CameraStatus.UNKNOWN, "worker-silent"), (CameraStatus.LIVE, "")):
            one.is_(RecordingStatus.WAITING)
            one.camera(status, code)
            await one.after(5)
        assert await one.known() == [(GapCause.LINK, 0, 10)]


async def test_a_disk_that_fails_and_a_camera_that_sends_nonsense_are_told_apart() -> None:
    async with watch() as one:
        one.is_(RecordingStatus.FAILING, "recording-disk-fails")
        await one.after(5)
        one.is_(RecordingStatus.FAILING, "pictures-parameters-missing")
        await one.after(5)
        assert await one.known() == [(GapCause.CAMERA, 5, 10), (GapCause.DISK, 0, 5)]


async def test_what_may_not_be_recorded_is_a_matter_of_authorisation() -> None:
    async with watch() as one:
        one.begun.want([policy(recorded=False)], instant_of(START_NS))
        await one.after(5)
        one.begun.want([policy()], instant_of(one.clock.utc_ns()))
        one.is_(RecordingStatus.WAITING)
        one.may_publish = False
        await one.after(5)
        assert {cause for cause, _, _ in await one.known()} == {GapCause.AUTHORISATION}


async def test_without_a_word_of_the_camera_nothing_is_guessed() -> None:
    async with watch() as one:
        one.is_(RecordingStatus.WAITING)
        await one.after(30)
        one.camera(CameraStatus.REFUSED)
        await one.after(60)
        assert await one.known() == []


async def test_a_stop_on_purpose_is_told_from_a_crash_and_both_are_known_afterwards() -> None:
    async with watch() as one:
        await one.begun.begin()
        await one.after(30)
        await one.begun.stopped()
        await one.clock.advance(60)
        await one.again().begin()
        await one.after(10)
        await one.clock.advance(60)
        await one.again().begin()
        assert await one.known() == [(GapCause.MAINTENANCE, 30, 90), (GapCause.RECORDER, 100, 160)]


async def test_what_lasted_when_its_storage_died_is_known_up_to_then_and_goes_on_in_the_next_one() -> None:
    async with watch() as one:
        one.is_(RecordingStatus.FAILING, "recording-disk-slow")
        await one.after(20)
        await one.clock.advance(40)
        await one.again().begin()
        one.is_(RecordingStatus.FAILING, "recording-disk-slow")
        await one.after(5)
        assert await one.known() == [
            (GapCause.DISK, 0, 20),
            (GapCause.DISK, 60, 65),
            (GapCause.RECORDER, 20, 60),
        ]


async def test_a_process_that_starts_ends_nothing_of_another_one_of_the_same_index() -> None:
    async with watch() as one:
        one.is_(RecordingStatus.FAILING, "recording-disk-slow")
        await one.after(5)
        other = InterruptionRows(one.database, "second")
        marks = Marks(one.database)
        second = Interruptions(other, marks, one.clock, reports=list, may_publish=lambda _: True)
        await second.begin()
        await one.clock.advance(5)
        assert await one.known() == [(GapCause.DISK, 0, 10)]


async def test_a_camera_that_fails_again_and_again_makes_no_row_each_time() -> None:
    async with watch() as one:
        for _ in range(20):
            one.is_(RecordingStatus.FAILING, "recording-disk-slow")
            await one.after(2)
            one.is_(RecordingStatus.RECORDING)
            await one.after(2)
        assert len(await one.known()) == 1


async def test_no_row_lasts_longer_than_the_footage_would_have() -> None:
    async with watch() as one:
        one.begun.want([policy(days=2)], instant_of(START_NS))
        one.is_(RecordingStatus.FAILING, "recording-disk-slow")
        for _ in range(5 * 24):
            await one.after(3600)
            await one.begun.sweep_once()
            now_s = (one.clock.utc_ns() - START_NS) / S
            known = await one.rows.between(NAME, 0, one.clock.utc_ns(), one.clock.utc_ns())
            starts_s = [(row.span.start_ns - START_NS) / S for row in known]
            assert all(now_s - start_s < 2 * 86_400 for start_s in starts_s)
        assert GapCause.DISK in {cause for cause, _, _ in await one.known()}


async def test_days_that_are_lowered_are_those_of_what_was_written_down_too() -> None:
    async with watch() as one:
        one.begun.want([policy(days=20)], instant_of(START_NS))
        one.is_(RecordingStatus.FAILING, "recording-disk-slow")
        await one.after(60)
        one.is_(RecordingStatus.RECORDING)
        await one.after(3 * 86_400)
        await one.begun.sweep_once()
        assert len(await one.rows.between(NAME, START_NS, START_NS + S, one.clock.utc_ns())) == 1
        one.begun.want([policy(days=2)], instant_of(one.clock.utc_ns()))
        await one.begun.look()
        await one.begun.sweep_once()
        assert await one.rows.between(NAME, START_NS, START_NS + S, one.clock.utc_ns()) == []


async def test_a_storage_that_stood_still_for_weeks_has_rows_that_go_at_their_own_deadlines() -> None:
    async with watch() as one:
        await one.begun.begin()
        await one.begun.stopped()
        await one.clock.advance(20 * 86_400)
        await one.again().begin()
        rows = await one.rows.between(ALL_STREAMS, START_NS, one.clock.utc_ns(), one.clock.utc_ns())
        covered_s = sum(row.span.length_ns for row in rows) / S
        assert (len(rows), covered_s) == (20, 20 * 86_400)
