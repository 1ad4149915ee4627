"""What the index costs at five million segments: a day's list, and runs of retention.

`python -m tests.bench.index_cost` prints a table. The rows are made by SQLite itself, as many as 116 cameras
keep in thirty days: 100 cameras of the last thirty, and 16 whose footage is older and held. The floor is what
the same process takes to read as many rows by the primary key with the bare driver.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from shared.clock import SimulatedClock
from shared.ids import StreamId
from shared.spans import Span
from storage.index.holds import Hold, HoldRows
from storage.index.policies import PolicyRows
from storage.lifecycle.archive import open_archive
from storage.lifecycle.refusals import Grounds
from storage.lifecycle.retention import Outcome, Retention
from storage.metrics import LifeMetrics, RetentionMetrics
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.recording.spool import Spool
from tests.bench.tables import Cell, Table
from tests.unit.storage.workshop import policy

CAMERAS, HELD, DAYS = 100, 16, 30
A_DAY = 1440
TRIES = 20
_MOST_RUNS = 400
_RUNS_OF_A_WEEK = 40
_START_S = 1_790_000_000
_NOW_NS = (_START_S + DAYS * 86_400) * 10**9

_ROWS = """
WITH RECURSIVE minutes(m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM minutes WHERE m + 1 < :minutes),
cameras(c) AS (SELECT 0 UNION ALL SELECT c + 1 FROM cameras WHERE c + 1 < :cameras),
times AS (SELECT c, :start_s + m * 60 AS s, '59350/cam-' || (c + :first) || '/main' AS stream
          FROM minutes CROSS JOIN cameras)
INSERT INTO segments (key, stream, run, start_ns, end_ns, month_ns, size, sha256, codec, parameters, days,
                      state, due_ns)
SELECT stream || strftime('/%Y%m%d/%Y%m%dT%H%M%S', s, 'unixepoch') || '.000Z-r1-aaaaaa.mp4', stream, 1,
       s * 1000000000, (s + 60) * 1000000000, (s + 31 * 86400) * 1000000000, 15000000, :sha, 'avc1.64001f',
       'a1b2c3d4e5f60718', :days, 'stored',
       CASE WHEN :held THEN NULL ELSE (s + :days * 86400) * 1000000000 END
FROM times
"""


class _Clock(SimulatedClock):
    """UTC as told; what runs take is their own time."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()


def _fill(file: Path) -> int:
    """Put the rows in, without their indexes at first; how many."""
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-200000"
        )
        made = (
            "SELECT name, sql FROM sqlite_master WHERE type='index' AND tbl_name='segments' AND sql NOT NULL"
        )
        indexes = connection.execute(made).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        shared = {"minutes": DAYS * A_DAY, "sha": "0" * 64, "days": DAYS}
        connection.execute(
            _ROWS, shared | {"cameras": CAMERAS, "first": 0, "start_s": _START_S, "held": False}
        )
        older = {"cameras": HELD, "first": CAMERAS, "start_s": _START_S - 60 * 86_400, "held": True}
        connection.execute(_ROWS, shared | older)
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("INSERT INTO streams SELECT DISTINCT stream, 60000000000 FROM segments")
        connection.execute("INSERT INTO tallies SELECT state, count(*), sum(size) FROM segments GROUP BY 1")
        count: int = connection.execute("SELECT count FROM tallies").fetchone()[0]
    connection.close()
    return count


async def _hold(holds: HoldRows, file: Path) -> None:
    """Hold the older cameras' footage, as runs of retention have found it already."""
    start_ns, end_ns = (_START_S - 60 * 86_400) * 10**9, (_START_S - 30 * 86_400) * 10**9
    for number in range(CAMERAS, CAMERAS + HELD):
        await holds.put(Hold(f"h-{number}", str(_stream(number)), start_ns, end_ns, "PV 1"))
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO kept SELECT stream, start_ns, end_ns FROM holds")
    connection.close()


def _stream(number: int) -> StreamId:
    return StreamId("59350", f"cam-{number}")


def _floor_ms(file: Path) -> float:
    """A bare read of a day's rows by the primary key."""
    connection = sqlite3.connect(file)
    day = "59350/cam-{}/main/2026"
    took = []
    for number in range(TRIES):
        began = time.perf_counter()
        rows = connection.execute(
            "SELECT * FROM segments WHERE key > ? ORDER BY key LIMIT ?", (day.format(number), A_DAY)
        ).fetchall()
        took.append((time.perf_counter() - began) * 1e3)
        assert len(rows) == A_DAY
    connection.close()
    return statistics.median(took)


def _bare_ms(file: Path, count: int) -> float:
    """A bare deletion of the rows due first, taken back."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    began = time.perf_counter()
    connection.execute(
        "DELETE FROM segments WHERE key IN "
        "(SELECT key FROM segments WHERE due_ns IS NOT NULL ORDER BY due_ns LIMIT ?)",
        (count,),
    )
    took_s = time.perf_counter() - began
    connection.execute("ROLLBACK")
    connection.close()
    return took_s * 1e3


async def _run(retention: Retention) -> tuple[float, Outcome]:
    began = time.perf_counter()
    outcome = await retention.run_once()
    return time.perf_counter() - began, outcome


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _measure(folder: Path) -> list[list[Cell]]:
    file = folder / "index.db"
    clock, disk = _Clock(_NOW_NS - 1), RealDisk()
    (folder / "objects").mkdir()
    spool = Spool(folder / "spool", disk, [], clock)
    archive = await open_archive(f"sqlite+aiosqlite:///{file}", FolderStore(folder / "objects", disk), spool)
    database, rows, places = archive.database, archive.rows, archive.places
    holds = HoldRows(database)
    await archive.bond.establish()
    began = time.perf_counter()
    count = _fill(file)
    await _hold(holds, file)
    built_s = time.perf_counter() - began
    retention = Retention(
        rows,
        archive.dues,
        archive.backlog,
        places,
        Grounds([archive.bond.reason_to_refuse]),
        archive.turn,
        clock,
        RetentionMetrics(),
        LifeMetrics(),
    )
    policies = PolicyRows(database)

    lists = []
    for number in range(TRIES):
        day_ns = _NOW_NS - (1 + number) * DAY_NS
        lists.append(
            await _timed(
                partial(archive.shown.between, _stream(number), day_ns, day_ns + DAY_NS, clock.utc_ns())
            )
        )
    found: list[list[Cell]] = [
        ["a day's list", 1, A_DAY, statistics.median(lists) * 1e3, None, _floor_ms(file)]
    ]

    months = []
    for number in range(TRIES):
        days = [Span(_NOW_NS - (n + 1) * DAY_NS, _NOW_NS - n * DAY_NS) for n in range(31)]
        months.append(
            await _timed(partial(archive.shown.which_have_any, _stream(number), days, clock.utc_ns()))
        )
    found.append(["a month's days", 1, 31, statistics.median(months) * 1e3, None, None])

    async def run(what: str, most: int = _MOST_RUNS) -> None:
        """Runs until nothing is left, or as many as asked: the longest of them, and all of them."""
        before = sum(total for total, _ in (await rows.totals()).values())
        took: list[float] = []
        left = True
        while left and len(took) < most:
            gone_s, outcome = await _run(retention)
            took.append(gone_s)
            left = outcome.left
        after = sum(total for total, _ in (await rows.totals()).values())
        floor_ms = _bare_ms(file, max(1, (before - after) // len(took)))
        found.append([what, len(took), before - after, max(took) * 1e3, sum(took) * 1e3, floor_ms])

    await run("nothing due")
    await clock.advance(1)
    await run("a minute of 100 cameras")
    await holds.remove(f"h-{CAMERAS}")
    await run("a held month let go")
    await policies.replace([policy(_stream(0), days=MAX_DAYS - 1)])
    await policies.replace([policy(_stream(0), days=15)], clock.utc_ns())
    await run("a camera's days halved")
    await clock.advance(7 * 86_400)
    await run("after a week off", _RUNS_OF_A_WEEK)
    await database.close()
    found.append([f"(making {count} rows)", None, count, built_s * 1e3, None, None])
    return found


def run() -> Table:
    """A row for each thing measured."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(Path(folder)))
    return Table(
        "index",
        f"The index at {(CAMERAS + HELD) * DAYS * A_DAY:,} segments, {HELD * DAYS * A_DAY:,} of them held",
        ["what", "runs", "rows", "longest ms", "all ms", "floor ms"],
        rows,
        {"what": "aims", "longest ms": "10 a list, 1000 a run"},
        "A list, then runs of retention until nothing was left to do, "
        f"the first {_RUNS_OF_A_WEEK} of those after a week off. Rows: listed, or destroyed by all the runs. "
        "In service half a second lies between two runs. Floor: with the bare driver, as many rows read "
        "by the primary key, or as many as a run destroyed deleted by their deadlines in one transaction.",
    )


if __name__ == "__main__":
    print(run().text())
