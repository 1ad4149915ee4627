"""What it takes to check a journal of a million entries, in the service and offline.

`python -m tests.bench.journal_cost` prints a table. The floor hashes as many entries of the same length and
does nothing else: no journal can be checked faster in Python.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from control_room.db.engine import Database
from control_room.journal.check import Checking
from control_room.journal.check_process import CheckProcess
from control_room.journal.signer import Signer
from control_room.model.chain import follow
from control_room.model.journal import AuditAction, AuditEvent, JournalEntry, Outcome
from control_room.model.names import Names
from control_room.model.times import utc_now
from shared.clock import SimulatedClock
from shared.evidence.journal_chain import BEGINNING, GENESIS
from shared.evidence.journal_file import check_journal, end_line, entry_line, first_line, head_line
from shared.evidence.signature import EvidenceKey
from tests.bench.tables import Cell, Table

ENTRIES = 1_000_000
AIM_S = 20
_LAG_S = 0.01
_COLUMNS = "seq, at, person, login, kind, session, client, action, outcome, commune, camera, resource, detail"
_INSERT = f"INSERT INTO journal ({_COLUMNS}, motive, why, previous, hash) VALUES ({', '.join('?' * 17)})"


def _entries(count: int, clock: SimulatedClock) -> Iterator[JournalEntry]:
    """A year of what operators do."""
    at, previous = utc_now(clock), GENESIS
    for seq in range(1, count + 1):
        event = AuditEvent(
            *(AuditAction.LIVE, Outcome.GRANTED),
            who=f"p-{seq % 300}",
            login=f"agent-{seq % 300}",
            kind="operator",
            session=f"s-{seq % 1000:032}",
            client="192.0.2.7",
            commune=f"59{seq % 95:03}",
            camera=f"cam-{seq % 5000}",
            motive="night watch over the squares",
        )
        entry = follow(seq, at + timedelta(seconds=30 * seq), event, previous)
        previous = entry.hash
        yield entry


def _row(entry: JournalEntry) -> tuple[object, ...]:
    one = entry.event
    at = entry.at.replace(tzinfo=None).isoformat(" ", "microseconds")
    what = (one.action.value, one.outcome.value, one.commune, one.camera, one.resource, one.detail)
    who = (one.who, one.login, one.kind, one.session, one.client)
    return (entry.seq, at, *who, *what, one.motive, one.why, entry.previous, entry.hash)


def _fill(file: Path, count: int, clock: SimulatedClock) -> str:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        last = GENESIS
        for entry in _entries(count, clock):
            connection.execute(_INSERT, _row(entry))
            last = entry.hash
        connection.execute("UPDATE journal_head SET seq = ?, hash = ?", (count, last))
    return last


def _hashing_s(count: int, clock: SimulatedClock) -> float:
    """The time to write and hash so many entries."""
    (entry,) = _entries(1, clock)
    told = {"seq": 1, "at": entry.at.isoformat(), "deed": asdict(entry.event), "previous": GENESIS}
    encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
    started = time.perf_counter()
    for _ in range(count):
        sha256(encoded(told).encode()).hexdigest()
    return time.perf_counter() - started


async def _lag(stop: asyncio.Event) -> float:
    """The longest that the loop kept somebody waiting."""
    worst, loop = 0.0, asyncio.get_running_loop()
    while not stop.is_set():
        due = loop.time() + _LAG_S
        await asyncio.sleep(_LAG_S)
        worst = max(worst, loop.time() - due)
    return worst


async def _measure(folder: Path, count: int) -> list[list[Cell]]:
    file = folder / "control_room.db"
    url, clock, key = (
        f"sqlite+aiosqlite:///{file}",
        SimulatedClock(),
        EvidenceKey(Ed25519PrivateKey.generate()),
    )
    db = Database(url)
    await db.prepare()
    last = _fill(file, count, clock)
    floor_s = _hashing_s(count, clock)
    started = time.perf_counter()
    head = await Signer(db, key, clock, Names()).round()
    signed_s = time.perf_counter() - started
    assert head is not None
    stop = asyncio.Event()
    lag = asyncio.create_task(_lag(stop))
    started = time.perf_counter()
    found = await CheckProcess(Checking(url, key.public.pem().decode()))()
    checked_s = time.perf_counter() - started
    stop.set()
    assert found.intact
    assert found.signed == count
    extract = folder / "journal.jsonl"
    with extract.open("wb") as out:
        out.write(first_line(head.head.journal, key.public.pem().decode(), BEGINNING))
        out.write(head_line(head.signed))
        async with db.snapshot() as tx:
            async for lines in tx.journal.lines(0):
                out.writelines(map(entry_line, lines))
        out.write(end_line(count, last))
    await db.close()
    started = time.perf_counter()
    with extract.open("rb") as text:
        verdict = check_journal(text, key.public, [head.signed])
    offline_s = time.perf_counter() - started
    assert verdict.sound
    return [
        ["hash as many entries: the floor", count, floor_s, 1.0, None],
        [
            "check in the service (GET /journal/verification)",
            count,
            checked_s,
            checked_s / floor_s,
            await lag * 1e3,
        ],
        ["check a file offline (beffroi verify journal)", count, offline_s, offline_s / floor_s, None],
        ["sign the whole journal: an upgrade's first start", count, signed_s, signed_s / floor_s, None],
    ]


def run(count: int = ENTRIES) -> Table:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(Path(folder), count))
    return Table(
        "journal",
        "The journal at a million entries",
        ["what", "entries", "s", "x floor", "the loop waits at most, ms"],
        rows,
        {"s": str(AIM_S)},
        "The check runs in a process of its own, over one snapshot of the database (SQLite), beside appends.",
    )


if __name__ == "__main__":
    print(run().text())
