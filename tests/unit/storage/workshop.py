"""Storage's real parts in one process: real disk, real SQLite, a tap in the test's hand, time as asked."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI

from shared.clock import SimulatedClock
from shared.evidence.seal_key import SealKey, make_seal_key
from shared.evidence.signature import EvidenceKey
from shared.ids import StreamId
from shared.leases import Leases
from shared.log import get_logger
from shared.messages.codec import encode
from shared.messages.storage import RecordingPolicy
from shared.tap.reassembly import Gap
from shared.tickets import Action, Ticket, TicketSigner, TicketVerifier
from shared.transcoding.process import Spawn
from shared.units import AccessUnit
from storage.exports.compose import compose_preflight
from storage.exports.documents import Seals
from storage.exports.jobs import ExportJobs
from storage.exports.packages import Packages
from storage.exports.preflight import Preflight
from storage.exports.receipts import Receipts
from storage.exports.safe import PackageSafe
from storage.exports.sweep import PackageSweep
from storage.http.compose import compose_app
from storage.http.guarded import Guarded
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.exports import ExportRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.lifecycle.allowance import USUAL, Allowance
from storage.lifecycle.archive import Archive, open_archive
from storage.lifecycle.bond import StoreBond
from storage.lifecycle.clock_keeper import Witnesses
from storage.lifecycle.compose import compose_scrub
from storage.lifecycle.destruction import Destruction, destruction
from storage.lifecycle.holds import Holds
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.lifecycle.left_overs import LeftOvers
from storage.lifecycle.reindex import Reindexed, reindex
from storage.lifecycle.retention import Retention
from storage.lifecycle.scrub import Scrub
from storage.metrics import LedgerMetrics, ReadMetrics
from storage.objects.boot import SinceBoot
from storage.objects.disk import Disk, RealDisk
from storage.objects.folder import FolderStore
from storage.objects.notes import FolderNotes
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.store import ObjectStore
from storage.playback.catalogue import Catalogue
from storage.playback.compose import compose_catalogue, compose_thumbnails
from storage.playback.thumbnails import Thumbnails
from storage.playback.transcoding import Transcodings
from storage.recording.compose import compose_recording
from storage.recording.core import core_of
from storage.recording.finishing import Finisher
from storage.recording.group_sync import GroupSync
from storage.recording.lane import DiskLane
from storage.recording.left_files import LeftFiles
from storage.recording.places import Places
from storage.recording.publishers import KnownPublishers
from storage.recording.quarantine import Quarantine
from storage.recording.recorder import Recorder
from storage.recording.sealing import Sealer
from storage.recording.spool import Spool
from storage.recording.spool_keys import SpoolKeys
from storage.settings import CoreChoice
from tests.support import pictures
from tests.support.eventually import eventually
from tests.support.lessor import Lessor
from tests.support.pictures import START_NS, STREAM
from tests.support.tap import FakeTap
from tests.unit.storage.hands import HandControl, HandWitness

SEGMENT_S = 4.0


@cache
def _coded(count: int, gop: int, width: int, height: int) -> tuple[AccessUnit, ...]:
    return tuple(pictures.units(count, gop=gop, width=width, height=height))


def units(
    count: int,
    *,
    stream: StreamId = STREAM,
    start_ns: int = START_NS,
    gop: int = 25,
    width: int = 320,
    height: int = 240,
) -> list[AccessUnit]:
    """Real units, encoded once for all tests."""
    shift_ns = start_ns - START_NS
    return [
        replace(unit, stream=stream, utc_ns=unit.utc_ns + shift_ns)
        for unit in _coded(count, gop, width, height)
    ]


def policy(stream: StreamId = STREAM, *, days: int = 30, recorded: bool = True) -> RecordingPolicy:
    """A stream that is recorded."""
    return RecordingPolicy(str(stream), "Place du Beffroi", "Lille", recorded, days)


@cache
def seal_key(name: str = "Centre de Lille") -> SealKey:
    """A key that seals films, made once for all tests."""
    return make_seal_key(name, datetime.now(UTC))


def pem_pair() -> tuple[bytes, bytes]:
    """A fresh private and public key in PEM."""
    key = Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def _ledger_name(folder: Path, key: EvidenceKey) -> str:
    """Another name for each register that has notes in the folder."""
    there = len(list((folder / "objects").glob(".ledger-*")))
    return f"{there:04x}{key.public.fingerprint[:28]}"


@dataclass
class Workshop:
    """One storage. Nothing runs by itself but the disk's thread: the test says what happens when."""

    folder: Path
    clock: SimulatedClock
    archive: Archive
    tap: FakeTap
    lane: DiskLane
    quarantine: Quarantine
    policies: PolicyRows
    recorder: Recorder
    finisher: Finisher
    sync: GroupSync
    end: Destruction
    control: HandControl
    lessor: Lessor
    leases: Leases
    catalogue: Catalogue
    jobs: ExportJobs
    preflight: Preflight
    receipts: Receipts
    sweep: PackageSweep
    left_overs: LeftOvers
    thumbnails: Thumbnails
    ledger: Ledger
    witness: HandWitness
    evidence_pem: bytes
    tickets: TicketSigner
    compose_door: Callable[[], FastAPI]
    reads: ReadMetrics

    @cached_property
    def door(self) -> FastAPI:
        """What answers requests, made when a test asks something."""
        return self.compose_door()

    @cached_property
    def app(self) -> Guarded:
        return Guarded(self.door, self.reads.cut_off.inc)

    @property
    def routes(self) -> frozenset[str]:
        return frozenset(self.door.openapi()["paths"])

    @cached_property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://storage")

    async def close(self) -> None:
        """Let go of what a test asked with."""
        if "http" in self.__dict__:
            await self.http.aclose()

    @property
    def database(self) -> Database:
        return self.archive.database

    @property
    def rows(self) -> SegmentRows:
        return self.archive.rows

    @property
    def dues(self) -> DueRows:
        return self.archive.dues

    @property
    def places(self) -> Places:
        return self.archive.places

    @property
    def sealer(self) -> Sealer:
        return Sealer(self.places.spool, self.quarantine)

    @property
    def bond(self) -> StoreBond:
        return self.archive.bond

    @property
    def holds(self) -> Holds:
        return self.archive.holds

    @property
    def retention(self) -> Retention:
        return self.end.retention

    async def reindex(self) -> Reindexed:
        """What the command of that name does."""
        return await reindex(self.archive, self.clock.utc_ns())

    def scrub(self, *, bytes_per_s: int = sys.maxsize) -> Scrub:
        """One that does not wait, or reads no faster than asked."""
        return compose_scrub(
            self.archive, self.clock, bytes_per_s=bytes_per_s, unreadable=self.left_overs.unreadable
        )

    async def record(self, items: Sequence[AccessUnit | Gap]) -> None:
        """Give units to the recorder and wait until the disk has what is due of them."""
        for item in items:
            self.tap.give(item)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the disk's thread has done all that was asked so far."""
        done = asyncio.Event()
        self.lane.submit(lambda: self.lane.tell(done.set))
        await asyncio.wait_for(done.wait(), 10)

    async def finish(self) -> None:
        """Take every closed file to the store."""
        while await self.finisher.run_once():
            pass

    async def record_all(self, items: Sequence[AccessUnit | Gap], days: int = 30) -> None:
        """Record units as whole segments into the store, then stop recording."""
        self.recorder.apply([policy(items[0].stream, days=days)])
        await self.policies.replace([policy(items[0].stream, days=days)])
        await self.record(items)
        self.recorder.apply([])
        await self.settle()
        await self.finish()

    def objects(self) -> list[str]:
        return self.places.store.keys(most=sys.maxsize)

    def object_file(self, key: str) -> Path:
        """Where the folder has an object, for a test that looks behind the store's back."""
        return self.folder / "objects" / key

    def token(
        self, action: Action, resource: str, *, start_s: int | None = None, end_s: int | None = None
    ) -> str:
        """A good ticket's token."""
        until_s = self.clock.utc_ns() // 10**9 + 60
        ticket = Ticket("t-1", "p-1", "s-1", action, resource, until_s, start_s, end_s)
        token = self.lessor.sign(ticket)
        self.confirm()
        return token

    def confirm(self) -> None:
        """Let storage hear which rights hold."""
        self.leases.take(self.lessor.lease())

    async def get(self, path: str, token: str | None, **query: str) -> httpx.Response:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return await self.http.get(path, params=query, headers=headers)

    async def put(self, path: str, token: str, message: object) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return await self.http.put(path, content=encode(message), headers=headers)

    async def export_done(self, id: str) -> None:
        """Run the jobs until an export has ended."""
        running = asyncio.create_task(self.jobs.run())

        async def ended() -> bool:
            progress = await self.jobs.progress(id)
            return progress.status not in ("queued", "running")

        try:
            await eventually(ended, within_s=30, what=f"the end of {id}")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def workshop(
    folder: Path,
    *,
    disk: Disk | None = None,
    utc_ns: int = START_NS,
    nonce: str = "aaaa",
    lane_bytes: int = 64 << 20,
    evidence: tuple[bytes, bytes] | None = None,
    transcodings: Transcodings | None = None,
    stills: Spawn | None = None,
    control: HandControl | None = None,
    witness: HandWitness | None = None,
    boot_id: str = "the-only-boot",
    booted_ns: int = 0,
    allowance: Allowance = USUAL,
    core: CoreChoice = CoreChoice.AUTO,
    objects: ObjectStore | None = None,
    keys: DataKeys | None = None,
    opened: bool = True,
) -> AsyncIterator[Workshop]:
    """Storage in a folder; made again in the same folder it finds what was left there. `objects` keeps the
    segments that are finished, by default a folder does; it is not `opened` where it is away. Spool
    and packages are sealed by `keys`.

    `booted_ns` is how long the machine has run at the start.
    """
    clock, control = SimulatedClock(utc_ns), control or HandControl()
    witness = witness or HandWitness()
    for name in ("spool", "objects", "exports"):
        (folder / name).mkdir(exist_ok=True)
    lane = DiskLane("disk-test", lane_bytes)
    built = core_of(core, get_logger("storage"))
    sealing = None if keys is None else SpoolKeys(keys, FolderNotes(folder / "spool", RealDisk()))
    spool = Spool(folder / "spool", disk or RealDisk(), [lane], clock, core=built, keys=sealing)
    store = objects or FolderStore(folder / "objects", spool.disk)
    archive = await open_archive(f"sqlite+aiosqlite:///{folder / 'index.db'}", store, spool)
    if opened:
        await archive.bond.establish()
    policies, tap = PolicyRows(archive.database), FakeTap()
    half = compose_recording(
        tap,
        archive.places,
        archive.rows,
        clock,
        segment_s=SEGMENT_S,
        nonce=nonce,
        stored=archive.bond.stored,
        most_unreadable=3,
    )
    lane.start()
    reads = ReadMetrics()
    catalogue = compose_catalogue(archive, half.recorder, clock)
    thumbnails = compose_thumbnails(archive, catalogue, reads, *([] if stills is None else [stills]))
    private, public = evidence or pem_pair()
    ticket_private, ticket_public = pem_pair()
    key = EvidenceKey.from_pem(private)
    safe, exports = PackageSafe(keys), ExportRows(archive.database)
    jobs = ExportJobs(
        exports,
        archive.holds,
        catalogue,
        Seals(key, seal_key()),
        clock,
        reads,
        packages=Packages(exports, safe, clock, folder / "exports"),
        version="0.0",
        at_once=1,
        is_recovering=half.finisher.is_recovering,
        proofs=archive.proofs,
    )
    sweep = PackageSweep(
        exports,
        clock,
        folder=folder / "exports",
        keep_days=7,
        is_making=jobs.is_making,
        safe=safe,
    )
    left_overs = LeftOvers(
        archive.store,
        LeftFiles(spool, half.quarantine),
        archive.rows,
        archive.dues,
        archive.turn,
        clock,
        is_open=half.recorder.is_open,
    )
    end = destruction(
        archive,
        half.life,
        clock,
        lambda: SinceBoot(boot_id, booted_ns + clock.monotonic_ns()),
        Witnesses(lambda: control.utc_ns, half.recorder.cameras_ns),
        control,
        copies=(sweep.sweep_once, left_overs.sweep_once, thumbnails.sweep_once),
        overdue=(sweep.overdue_ns, left_overs.overdue_ns),
        allowance=allowance,
        notes=None if objects is None else FolderNotes(folder / "spool", spool.disk),
    )
    preflight, receipts = compose_preflight(archive, catalogue, clock), Receipts(jobs, key)
    parts = LedgerParts(archive.ledger, archive.ledger_notes, key, partial(_ledger_name, folder, key))
    ledger = Ledger(parts, clock, LedgerMetrics(), witness, keep_days=120)
    # Retention runs as soon as the service does: what is trusted then is carried on from there.
    await end.keeper.reason_to_refuse()
    signer, verifier = TicketSigner.from_pem(ticket_private), TicketVerifier.from_pem(ticket_public, clock)
    leases = Leases(verifier.key, clock)
    compose_door = partial(
        compose_app,
        verifier,
        leases,
        KnownPublishers(store.notes, lambda: leases.publishers),
        catalogue,
        transcodings,
        thumbnails,
        jobs=jobs,
        preflight=preflight,
        receipts=receipts,
        holds=archive.holds,
        keeper=end.keeper,
        proofs=archive.proofs,
        evidence=key.public,
        clock=clock,
        metrics=reads,
        origins="https://csu.example",
    )
    shop: Workshop | None = None
    try:
        shop = Workshop(
            folder,
            clock,
            archive,
            tap,
            lane,
            half.quarantine,
            policies,
            half.recorder,
            half.finisher,
            half.sync,
            end,
            control,
            Lessor(signer, clock.utc_ns),
            leases,
            catalogue,
            jobs,
            preflight,
            receipts,
            sweep,
            left_overs,
            thumbnails,
            ledger,
            witness,
            public,
            signer,
            compose_door,
            reads,
        )
        yield shop
    finally:
        if shop is not None:
            await shop.close()
        await jobs.close()
        await thumbnails.close()
        await half.recorder.close()
        await lane.close()
        await archive.database.close()
