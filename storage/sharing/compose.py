"""Puts together what a process that is one of several has beside what one alone has."""

import fcntl
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from shared.clock import Clock
from shared.errors import BadInput, TicketRefused, Unavailable
from shared.ids import StreamId
from shared.leases import Leases
from shared.messages.codec import decode, encode
from shared.messages.storage import RecordingReport, RecordingReports
from storage.index.database import Database
from storage.index.leases import LeaseRows, RemovalRows
from storage.lifecycle.archive import Archive
from storage.lifecycle.compose import Runs, Shared
from storage.lifecycle.retention import Retention
from storage.metrics import SharingMetrics
from storage.model.segment import Footage
from storage.recording.compose import WritingHalf
from storage.recording.gate import Gate
from storage.recording.recorder import Recorder
from storage.recording.spool_folders import SpoolFolders
from storage.settings import StorageSettings
from storage.sharing.adoption import Adoption
from storage.sharing.claims import ExportClaims, LeaderRemoval
from storage.sharing.growing import GrowingElsewhere
from storage.sharing.leadership import Leadership, LedService
from storage.sharing.member import Member
from storage.sharing.shares import STREAM
from storage.sharing.standings import Standings

_RIGHTS = "rights-lease"
_TOLD_EVERY_S = 1.0
_COPIES_EVERY_S = 20.0
_OPENING = ".beffroi-opening"
_OPENING_EVERY_S = 0.1
_OPENING_TRIES = 100


class Sharing:
    """The member and all that hangs on what it holds. It has to `join` before it runs."""

    def __init__(
        self,
        name: str,
        archive: Archive,
        folders: SpoolFolders,
        clear: Callable[[str], int],
        rights: Leases,
        clock: Clock,
    ) -> None:
        self._clear = clear
        self._archive = archive
        self._folders = folders
        self._rights = rights
        self._clock = clock
        self._recorder: Recorder | None = None
        self._retention: Retention | None = None
        self._adoption: Adoption | None = None
        self._heard = ""
        self._metrics = SharingMetrics()
        self.standings = Standings(archive.marks, clock)
        """How cameras are, as the process that leads is told."""
        self._removals = RemovalRows(archive.database)
        self._growing = GrowingElsewhere(archive.places.spool, archive.rows, clock)
        self.member = Member(
            name,
            uuid.uuid4().hex,
            LeaseRows(archive.database),
            clock,
            self._metrics,
            wanted=lambda: () if self._recorder is None else self._recorder.wanted(),
            told=lambda: encode(RecordingReports(self._here())).decode(),
            changed=self._changed,
        )
        self.gate = Gate(clock, self.member.wake)
        self._metrics.held_back.set_function(lambda: self.gate.waiting_bytes)
        self.leadership = Leadership(self.member, clock, self._begin_leading)
        self.claims = ExportClaims(self.member)
        self.removal = LeaderRemoval(self._removals, self.member, self.leadership)

    def is_mine(self, stream: str) -> bool:
        """Whether this process is to record a stream."""
        return STREAM + stream in self.member.held.terms

    @property
    def agreed(self) -> Shared:
        """What the life of footage asks of the others."""
        return Shared(self.removal, lambda: self.leadership.term, self.reports, self.standings.tell)

    async def join(self, recording: WritingHalf, retention: Retention) -> None:
        """Take part: from here on this process has its share."""
        self._recorder, self._retention = recording.recorder, retention
        self._adoption = Adoption(
            self._archive.places.spool,
            self._folders,
            self._clock,
            self._metrics,
            take=recording.finisher.adopt,
            clear=self._clear,
        )
        await self.member.once()

    def run_in(self, service: Runs, copies: Callable[[], Awaitable[object]]) -> None:
        """Run for the life of the service. `copies` ends copies of footage that this process alone has."""
        assert self._adoption is not None
        service.supervise("copies", lambda: self._end_copies(copies))
        service.supervise("told", self._hear_told)
        self.led(service).supervise("adoption", self._adoption.run)
        service.supervise("sharing", self.member.run)
        service.check("sharing", self.member.health)

    def led(self, service: Runs) -> LedService:
        """Runs in `service` what only one process may do."""
        return self.leadership.over(service)

    async def reports(self) -> tuple[RecordingReport, ...] | None:
        """How the recordings of all processes are, None where another one tells it."""
        if self.leadership.term is None:
            return None
        found = {one.stream: one for one in self._here()}
        for text in await self.member.reports():
            with suppress(BadInput):
                for one in decode(RecordingReports, text.encode()).reports:
                    found.setdefault(one.stream, one)
        return tuple(found[stream] for stream in sorted(found))

    async def footage(self, stream: StreamId) -> list[Footage]:
        """What other processes record of a stream, and the index does not know."""
        return await self._growing.of(stream)

    def is_recording(self, stream: StreamId) -> bool:
        """Whether another living process holds a stream."""
        return self.member.elsewhere(f"{STREAM}{stream}")

    async def pass_on(self, token: str) -> None:
        """Give what control_room says of rights to the other processes."""
        self._heard = token
        # Where the index is away control_room says it again in a moment.
        with suppress(Unavailable):
            await self._archive.marks.set(_RIGHTS, token)

    async def hear_rights(self) -> None:
        """Take what control_room has said of rights to any process. Raises Unavailable."""
        token = await self._archive.marks.get(_RIGHTS)
        if token and token != self._heard:
            self._heard = token
            with suppress(TicketRefused):
                self._rights.take(token)

    def _here(self) -> tuple[RecordingReport, ...]:
        return () if self._recorder is None else self._recorder.reports()

    def _changed(self, changed: bool) -> None:
        assert self._recorder is not None
        if changed:
            self._recorder.divide()
            self.leadership.look()
        self.gate.answered(self.member.asked_ns, self._recorder.records)

    async def _begin_leading(self) -> None:
        """What the leader before was removing is not under way any more, where it is known not to run."""
        assert self._retention is not None
        assert self._adoption is not None
        term, before = self.member.held.leads, self.member.led_before
        if term is not None and (before == self.member.name or self._adoption.is_dead(before)):
            await self._removals.let_go(self.member.name, term, all_terms=True)
        self._retention.begin_anew()

    async def _hear_told(self) -> None:
        while True:
            await self.hear_rights()
            await self.standings.once()
            await self._clock.sleep(_TOLD_EVERY_S)

    async def _end_copies(self, end: Callable[[], Awaitable[object]]) -> None:
        while True:
            await end()
            await self._clock.sleep(_COPIES_EVERY_S)


async def compose_sharing(
    settings: StorageSettings,
    archive: Archive,
    folders: SpoolFolders,
    clear: Callable[[str], int],
    rights: Leases,
    clock: Clock,
) -> Sharing | None:
    """None where this process is alone: then it takes over what several left, none of which runs.

    `clear` removes what a process of that name left half put in the store.
    """
    if settings.storage_name:
        return Sharing(settings.storage_name, archive, folders, clear, rights, clock)
    await RemovalRows(archive.database).forget()
    left = Adoption(archive.places.spool, folders, clock, SharingMetrics(), take=lambda _: None, clear=clear)
    try:
        await left.once()
    except OSError as error:
        raise Unavailable(f"the spool cannot be read: {error.strerror or error}") from error
    return None


async def family_of(index_url: str) -> str:
    """What tells this index from any other. Raises BadInput, Unavailable."""
    database = await Database.open(index_url)
    try:
        return await LeaseRows(database).family()
    finally:
        await database.close()


@asynccontextmanager
async def opening_alone(root: Path, clock: Clock) -> AsyncIterator[None]:
    """Keep others of this machine from opening the store meanwhile. Raises OSError, Unavailable."""
    descriptor = os.open(root / _OPENING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(_OPENING_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await clock.sleep(_OPENING_EVERY_S)
        else:
            raise Unavailable("another storage process is opening the object store")
        yield
    finally:
        os.close(descriptor)
