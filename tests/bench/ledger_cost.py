"""What the register of captures and destructions costs at a million leaves: heads, proofs, their check.

`python -m tests.bench.ledger_cost` prints a table. The leaves are those of 23 cameras in thirty days. The
floor is what the same process takes to hash as many leaves and nothing else.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.clock import SimulatedClock
from shared.evidence.gone import ask
from shared.evidence.ledger import Capture
from shared.evidence.ledger_news import LedgerKept
from shared.evidence.signature import EvidenceKey
from shared.ids import StreamId
from shared.spans import Span
from storage.index.database import Database
from storage.index.ledger import LedgerRows
from storage.index.ledger_proofs import LedgerProofRows
from storage.lifecycle.ledger import Ledger, LedgerParts
from storage.lifecycle.ledger_notes import LedgerNotes
from storage.lifecycle.proofs import Proofs
from storage.metrics import LedgerMetrics
from storage.objects.disk import RealDisk
from storage.objects.notes import FolderNotes
from tests.bench.tables import Cell, Table

CAMERAS, DAYS, A_DAY = 23, 30, 1440
_START_S = 1_790_035_200
_NOW_NS = (_START_S + DAYS * 86_400) * 10**9
_TRIES = 40
_LEDGER = "ab" * 16

_LEAVES = """
WITH RECURSIVE minutes(m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM minutes WHERE m + 1 < :minutes),
cameras(c) AS (SELECT 0 UNION ALL SELECT c + 1 FROM cameras WHERE c + 1 < :cameras),
times AS (SELECT c, :start_s + m * 60 AS s, '59350/cam-' || c || '/main' AS stream
          FROM minutes CROSS JOIN cameras ORDER BY m, c)
INSERT INTO leaves (tree, key, again, start_ns, end_ns, size, sha256)
SELECT stream || strftime('/%Y%m%d', s, 'unixepoch'),
       stream || strftime('/%Y%m%d/%Y%m%dT%H%M%S', s, 'unixepoch') || '.000Z-r1-aaaaaa.mp4', 0,
       s * 1000000000, (s + 60) * 1000000000, 15000000, printf('%064x', s * 100 + c)
FROM times
"""
_ENTRIES = """
INSERT INTO entries (tree, key, again, ended)
SELECT tree, key, again, 0 FROM leaves ORDER BY start_ns, tree
"""


def _fill(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY")
        told = {"minutes": DAYS * A_DAY, "cameras": CAMERAS, "start_s": _START_S}
        connection.execute(_LEAVES, told)
        connection.execute(_ENTRIES)


def _end(file: Path, day: str, count: int | None = None) -> int:
    """Let segments of the first camera's day be gone, or some of all cameras' day; how many."""
    where = "tree = '59350/cam-0/main/' || :day" if count is None else "tree LIKE '%/' || :day"
    some = f"SELECT tree, key FROM leaves WHERE {where} AND died_ns IS NULL LIMIT {count or -1}"
    with sqlite3.connect(file) as connection:
        found = connection.execute(some, {"day": day}).fetchall()
        for tree, key in found:
            connection.execute(
                "INSERT INTO entries (tree, key, again, ended) VALUES (?, ?, 0, 1)", (tree, key)
            )
            connection.execute(
                "UPDATE leaves SET died_ns = ?, ground = 'deadline' WHERE tree = ? AND key = ?",
                (_NOW_NS, tree, key),
            )
    return len(found)


def _hashing_s(count: int) -> float:
    """The time to hash as many leaves."""
    stream = "59350/cam-0/main"
    one = Capture(f"{stream}/20260921/20260921T000000.000Z-r1-aaaaaa.mp4", _NOW_NS, _NOW_NS, 1, "0" * 64)
    started = time.perf_counter()
    for _ in range(count):
        one.leaf(stream)
    return time.perf_counter() - started


async def _timed(step: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await step()
    return time.perf_counter() - started


async def _nobody(_body: bytes) -> LedgerKept:
    return LedgerKept(_LEDGER, 0)


async def _measure(folder: Path) -> list[list[Cell]]:
    file = folder / "index.db"
    database = await Database.open(f"sqlite+aiosqlite:///{file}")
    rows, notes = LedgerRows(database), LedgerNotes(FolderNotes(folder, RealDisk()))
    key, clock = EvidenceKey(Ed25519PrivateKey.generate()), SimulatedClock(_START_S * 10**9)
    parts = LedgerParts(rows, notes, key, lambda: _LEDGER)
    ledger = Ledger(parts, clock, LedgerMetrics(), _nobody, keep_days=120)
    await ledger.start()
    await clock.advance(DAYS * 86_400)
    _fill(file)
    count = CAMERAS * DAYS * A_DAY
    found: list[list[Cell]] = []

    async def everything() -> None:
        while await ledger.seal():
            pass

    spent_s = await _timed(everything)
    found.append(["sign all captures", count, spent_s * 1e6 / count, None, _hashing_s(count) * 1e6 / count])
    gone = _end(file, "20260922", 200)
    spent_s = await _timed(ledger.seal)
    found.append(["a head of 200 ends", gone, spent_s * 1e6 / gone, spent_s * 1e3, _hashing_s(gone) * 1e3])
    ended = _end(file, "20260925")
    await ledger.seal()
    proofs = Proofs(LedgerProofRows(database))
    floor_ms = _hashing_s(A_DAY) * 1e3
    keys = [
        f"59350/cam-{number % CAMERAS}/main/20261001/20261001T{number % 24:02d}0000.000Z-r1-aaaaaa.mp4"
        for number in range(_TRIES)
    ]
    took = [await _timed(partial(proofs.proof_of, key)) * 1e3 for key in keys]
    found.append(["prove a capture", A_DAY, None, statistics.median(took), floor_ms])
    midnight_ns = 1_790_294_400 * 10**9
    span = Span(midnight_ns, midnight_ns + 86_400 * 10**9)
    stream = StreamId.parse("59350/cam-0/main")
    took = [await _timed(lambda: proofs.destruction(stream, span)) * 1e3 for _ in range(_TRIES)]
    found.append(["prove a day's destruction", 2 * A_DAY, None, statistics.median(took), 2 * floor_ms])
    body = (await proofs.destruction(stream, span)).written()
    started = time.perf_counter()
    answer = ask(body, key.public.pem())
    spent_ms = (time.perf_counter() - started) * 1e3
    found.append(
        [f"check it ({len(body) // 1000} kB: {answer.found})", A_DAY + ended, None, spent_ms, 2 * floor_ms]
    )
    await database.close()
    return found


def run() -> Table:
    """A row for each thing measured."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(Path(folder)))
    return Table(
        "ledger",
        f"The register of captures and destructions at {CAMERAS * DAYS * A_DAY:,} leaves",
        ["what", "leaves", "us a leaf", "ms", "floor"],
        rows,
        {"what": "aims", "us a leaf": "", "ms": "20 a proof"},
        "Signing takes 1000 entries a head, each head with a note that lasts and a transaction of its own. "
        "Floor: hashing as many leaves with SHA-256 and nothing else, in the column's own unit.",
    )


if __name__ == "__main__":
    print(run().text())
