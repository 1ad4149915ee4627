"""How the index is asked: each query by an index that gives what it returns, whatever else there is."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

from shared.messages.storage import ExportProgress, ExportStatus
from shared.spans import Span
from storage.index.backlog import BacklogRows
from storage.index.database import Database
from storage.index.dues import DueRows
from storage.index.exports import ExportRows
from storage.index.holds import Hold, HoldRows
from storage.index.interruptions import InterruptionRows
from storage.index.locks import LockRows
from storage.index.policies import PolicyRows
from storage.index.segments import SegmentRows
from storage.index.shown import ShownRows
from storage.index.waiting import WaitingRows
from storage.index.walk import Walk
from storage.model.deadline import DAY_NS
from storage.model.export_part import ExportPart
from tests.support.pictures import STREAM
from tests.unit.storage.packages import order
from tests.unit.storage.rows import BASE_NS, LENGTH_NS, segment
from tests.unit.storage.workshop import policy

Values = Sequence[int | str]

# Read whole, because all of their few rows are wanted or compared.
SMALL = {"policies", "tallies", "lowerings", "kept"}

# No tables: a row made of values, and what a question has limited to as many rows as it counts.
MADE = {"CONSTANT", "anon_1", "probes"}


@dataclass
class Index:
    """An index with some rows, and what it was asked last."""

    file: Path
    rows: SegmentRows
    shown: ShownRows
    dues: DueRows
    backlog: BacklogRows
    holds: HoldRows
    policies: PolicyRows
    exports: ExportRows
    walk: Walk
    waiting: WaitingRows
    locks: LockRows
    interruptions: InterruptionRows
    asked: list[tuple[str, Values]]

    def plans(self) -> list[str]:
        """The steps by which SQLite answers what was asked."""
        with sqlite3.connect(self.file) as connection:
            steps = [
                str(row[3])
                for statement, values in self.asked
                for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
        connection.close()
        return steps


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A new index, as the migrations make it."""
    file = tmp_path_factory.mktemp("empty") / "index.db"

    async def make() -> None:
        await (await Database.open(f"sqlite+aiosqlite:///{file}")).close()

    asyncio.run(make())
    return file.read_bytes()


@asynccontextmanager
async def index(folder: Path, empty: bytes) -> AsyncIterator[Index]:
    """Twenty segments, the first half due, two of them held."""
    file = folder / "index.db"
    file.write_bytes(empty)
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    database = Database(engine, file)
    asked: list[tuple[str, Values]] = []

    def note(_c: object, _u: object, statement: str, values: Values, _x: object, many: bool) -> None:
        asked.append((statement, values[0] if many else values))  # type: ignore[arg-type]  # rows of values

    made = Index(
        file,
        SegmentRows(database),
        ShownRows(database, SegmentRows(database)),
        DueRows(database, batch=4),
        BacklogRows(database),
        HoldRows(database),
        PolicyRows(database),
        ExportRows(database),
        Walk(database),
        WaitingRows(database),
        LockRows(database),
        InterruptionRows(database),
        asked,
    )
    for number in range(20):
        await made.rows.add(segment(number))
    await made.policies.replace([policy(days=30)])
    await made.holds.put(Hold("h-1", str(STREAM), BASE_NS, BASE_NS + 2 * LENGTH_NS, "PV 1"))
    for number in range(20):
        # One of them has a package, the others are done with.
        export, status = order(id=f"x-{number}"), ExportStatus.DESTROYED if number else ExportStatus.DONE
        await made.exports.add(export, BASE_NS)
        await made.exports.begin(export.id, [PART])
        await made.exports.update(ExportProgress(export.id, status, 1.0), BASE_NS)
    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        await database.close()


async def _released(index: Index) -> None:
    await index.dues.condemn(BASE_NS + 40 * DAY_NS)
    await index.holds.remove("h-1")
    index.asked.clear()
    await index.dues.release()


async def _lowered(index: Index) -> None:
    await index.policies.replace([policy(days=5)], BASE_NS)
    await index.dues.lower()


PART = ExportPart(str(STREAM), BASE_NS, BASE_NS, BASE_NS + LENGTH_NS, 30)


async def _left_to_do(index: Index) -> None:
    """With days lowered, and a hold ended that kept footage."""
    await index.dues.condemn(DUE_NS)
    await index.holds.remove("h-1")
    await index.policies.replace([policy(days=5)], BASE_NS)
    index.asked.clear()


async def _left(index: Index) -> None:
    await _left_to_do(index)
    await index.backlog.left(DUE_NS)


async def _late(index: Index) -> None:
    await _left_to_do(index)
    await index.backlog.overdue_ns(DUE_NS)


DUE_NS = BASE_NS + 40 * DAY_NS
QUESTIONS: dict[str, tuple[Callable[[Index], Awaitable[object]], str]] = {
    "a range": (
        lambda index: index.rows.between(STREAM, BASE_NS + LENGTH_NS, BASE_NS + 3 * LENGTH_NS),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "what may be shown": (
        lambda index: index.shown.between(STREAM, BASE_NS + LENGTH_NS, BASE_NS + 3 * LENGTH_NS, BASE_NS),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "the next start": (
        lambda index: index.shown.next_start_ns(STREAM, BASE_NS, BASE_NS),
        "ix_segments_stream_start_ns (stream=? AND start_ns>?)",
    ),
    "the next start that is held": (
        lambda index: index.shown.next_start_ns(STREAM, BASE_NS, DUE_NS),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "which days have footage": (
        lambda index: index.shown.which_have_any(
            STREAM, [Span(BASE_NS + n * DAY_NS, BASE_NS + (n + 1) * DAY_NS) for n in range(31)], BASE_NS
        ),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "which days have footage that is held": (
        lambda index: index.shown.which_have_any(STREAM, [Span(BASE_NS, BASE_NS + DAY_NS)], DUE_NS),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "a package's footage": (lambda index: index.exports.footage_of("e-1"), ""),
    "the newest end": (
        lambda index: index.rows.newest_end_ns(STREAM),
        "ix_segments_stream_start_ns (stream=? AND start_ns>?)",
    ),
    "adding": (lambda index: index.rows.add(segment(99)), ""),
    "what is known of gaps": (
        lambda index: index.interruptions.between(str(STREAM), BASE_NS, BASE_NS + DAY_NS, BASE_NS),
        "ix_interruptions_start (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "what lasted": (
        lambda index: index.interruptions.end_all(BASE_NS),
        "ix_interruptions_open (owner=? AND end_ns=?)",
    ),
    "what is forgotten of gaps": (
        lambda index: index.interruptions.forget(DUE_NS),
        "ix_interruptions_due_ns (due_ns<?)",
    ),
    "storing": (lambda index: index.rows.mark_stored(segment(3).key), "autoindex_segments_1 (key=?)"),
    "what is due": (lambda index: index.dues.condemn(DUE_NS), "ix_segments_due_ns (due_ns<?)"),
    "what a hold kept": (_released, "ix_segments_kept (stream=? AND start_ns>? AND start_ns<?)"),
    "lowering": (_lowered, "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)"),
    "how late": (_late, "ix_segments_due_ns (due_ns>?)"),
    "how late what an ended hold kept": (_late, "ix_segments_kept (stream=? AND start_ns>? AND start_ns<?)"),
    "how late what is to be lowered": (
        _late,
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "what is left to destroy": (_left, "COVERING INDEX ix_segments_due_ns (due_ns<?)"),
    "what is left of the condemned": (_left, "COVERING INDEX ix_segments_garbage (state=?)"),
    "what is left to lower": (_left, "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)"),
    "what is left of a hold": (_left, "ix_segments_kept (stream=? AND start_ns>? AND start_ns<?)"),
    "what is condemned": (lambda index: index.rows.garbage(4), "ix_segments_garbage (state=?)"),
    "dropping": (lambda index: index.rows.drop([segment(1).key], 1), "autoindex_segments_1 (key=?)"),
    "the oldest that waits": (
        lambda index: index.waiting.oldest_ns(),
        "COVERING INDEX ix_segments_waiting (state=?)",
    ),
    "giving up what waits longest": (
        lambda index: index.waiting.give_up(4, size=4000),
        "ix_segments_waiting (state=?)",
    ),
    "what waits and is due": (
        lambda index: index.waiting.give_up(4, due_ns=DUE_NS),
        "ix_segments_waiting (state=?)",
    ),
    "what a hold wants locked": (
        lambda index: index.locks.wanted(
            Hold("h-1", str(STREAM), BASE_NS, BASE_NS + 2 * LENGTH_NS, "PV 1"), 4
        ),
        "ix_segments_stream_start_ns (stream=? AND start_ns>? AND start_ns<?)",
    ),
    "what of the condemned is locked": (
        lambda index: index.locks.unheld_of([segment(3).key]),
        "autoindex_locks_1 (key=?)",
    ),
    "the totals": (lambda index: index.rows.totals(), ""),
    "the walk over rows": (
        lambda index: index.walk.after(segment(3).key, 4),
        "autoindex_segments_1 (key>?)",
    ),
    "the walk over stored rows": (
        lambda index: index.walk.stored_after(segment(3).key, 4),
        "autoindex_segments_1 (key>?)",
    ),
    "whether one is stored": (
        lambda index: index.walk.is_stored(segment(3).key),
        "autoindex_segments_1 (key=?)",
    ),
    "the packages": (lambda index: index.exports.packages(), "ix_exports_status (status=?)"),
    "what is in a package": (
        lambda index: index.exports.packages(),
        "autoindex_export_parts_1 (export=?)",
    ),
    "what holds a package": (lambda index: index.exports.packages(), "ix_holds_stream (stream=?)"),
    "a package without a row": (
        lambda index: index.exports.of_stray([PART]),
        "ix_holds_stream (stream=?)",
    ),
    "unknown keys": (lambda index: index.rows.unknown([segment(1).key]), "autoindex_segments_1 (key=?)"),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_question_reads_more_than_it_is_answered(
    tmp_path: Path, empty: bytes, question: str
) -> None:
    ask, wanted = QUESTIONS[question]
    async with index(tmp_path, empty) as asked:
        await ask(asked)
        steps = asked.plans()
    scanned = {found[1] for step in steps if (found := re.match(r"SCAN (\w+)", step))}
    sorts = [step for step in steps if "TEMP B-TREE" in step]
    assert (scanned - SMALL - MADE, sorts) == (set(), [])
    assert not wanted or any(wanted in step for step in steps), steps
