"""The real register of a storage without files, told to a real control_room without sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.clock import SimulatedClock
from shared.evidence.ledger_news import LedgerKept, LedgerUpdate
from shared.evidence.signature import EvidenceKey
from shared.ids import StreamId
from shared.messages.codec import decode, encode
from storage.index.database import Database
from storage.index.ledger import LedgerRows
from storage.index.ledger_proofs import LedgerProofRows
from storage.index.segments import SegmentRows
from storage.lifecycle.control_room import ToldToControlRoom
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.lifecycle.ledger_notes import LedgerNotes, unpacked
from storage.lifecycle.proofs import Proofs
from storage.metrics import LedgerMetrics
from storage.model.segment import Segment, SegmentState, object_key
from storage.objects.disk import RealDisk
from storage.objects.notes import FolderNotes
from tests.unit.control_room.room import RECORDER_TOKEN, Room

DAY_NS = 86_400_000_000_000
MINUTE_NS = 60_000_000_000
FIRST_NS = 20_400 * DAY_NS + 8 * 3_600_000_000_000
"""2025-11-08 08:00 UTC."""


@dataclass
class Registered:
    """A storage's register, and what it says to control_room."""

    clock: SimulatedClock
    rows: SegmentRows
    database: Database
    ledger: Ledger
    parts: LedgerParts
    ledger_rows: LedgerRows
    notes: LedgerNotes
    proofs: Proofs
    key: EvidenceKey
    client: httpx.AsyncClient

    async def capture(self, stream: StreamId, start_ns: int, number: int = 0) -> str:
        """Enter a minute of a stream."""
        key = object_key(stream, start_ns, 1, f"n{number:05d}")
        segment = Segment(
            key,
            stream,
            1,
            start_ns,
            start_ns + MINUTE_NS,
            1000 + number,
            f"{number:064x}",
            "avc1.64001f",
            "p",
            30,
            SegmentState.STORED,
        )
        await self.rows.add(segment)
        return key

    async def destroy(self, *keys: str) -> None:
        """What retention does of rows once the objects are gone."""
        async with self.database.write() as connection:
            await connection.exec_driver_sql("UPDATE segments SET state = 'garbage', due_ns = NULL")
        await self.rows.drop(keys, self.clock.utc_ns())

    async def told(self) -> None:
        await self.ledger.seal()
        await self.ledger.tell()

    async def update(self, number: int) -> LedgerUpdate:
        """What was written of a head."""
        register = await self.ledger_rows.register()
        assert register is not None
        data = self.notes.read(register.ledger, number)
        assert data is not None
        return unpacked(data)

    async def told_to(self, room: Room) -> None:
        """Tell another control_room, as after a restart of this one."""
        async with asking(room) as client:
            await Ledger(
                self.parts, self.clock, LedgerMetrics(), ToldToControlRoom(client), keep_days=120
            ).tell()

    async def send(self, update: LedgerUpdate) -> httpx.Response:
        return await self.client.put("/api/v1/recorder/ledger", content=encode(update))

    async def kept(self, update: LedgerUpdate) -> int:
        """The number of the newest head that control_room has after an update."""
        answer = await self.send(update)
        assert answer.status_code == 200, answer.text
        return decode(LedgerKept, answer.content).number


def asking(room: Room) -> httpx.AsyncClient:
    """The recorder's client."""
    headers = {"authorization": f"Bearer {RECORDER_TOKEN}", "content-type": "application/json"}
    return httpx.AsyncClient(transport=room.transport, base_url="http://control.test", headers=headers)


@asynccontextmanager
async def registered(folder: Path, room: Room, ledger: str = "ab" * 16) -> AsyncIterator[Registered]:
    """A register that begins at FIRST_NS, an hour before the first capture of most tests."""
    clock = SimulatedClock(FIRST_NS)
    folder.mkdir(parents=True, exist_ok=True)
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'index.db'}")
    rows, notes = LedgerRows(database), LedgerNotes(FolderNotes(folder, RealDisk()))
    key = EvidenceKey(Ed25519PrivateKey.generate())
    async with asking(room) as client:
        parts = LedgerParts(rows, notes, key, lambda: ledger)
        kept = Ledger(parts, clock, LedgerMetrics(), ToldToControlRoom(client), keep_days=120)
        await kept.start()
        proofs = Proofs(LedgerProofRows(database))
        yield Registered(
            clock, SegmentRows(database), database, kept, parts, rows, notes, proofs, key, client
        )
        await database.close()
