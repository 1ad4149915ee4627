"""Rows of exports: the row is the truth of a job, its work can always start again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messages.codec import decode, encode
from shared.messages.storage import ExportOrder, ExportProgress, ExportStatus
from shared.reasons import read
from storage.index.ceilings import days_in_force
from storage.index.database import Database
from storage.index.holds import Hold
from storage.index.tables import export_parts, exports, holds
from storage.model.export_part import ExportPart

_UNFINISHED = (ExportStatus.QUEUED, ExportStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as the index has it; `finished_ns` is 0 until it is."""

    order: ExportOrder
    progress: ExportProgress
    made_ns: int
    finished_ns: int


@dataclass(frozen=True, slots=True)
class Package:
    """An export that is done: the footage in its package, and the holds on the streams of that."""

    row: ExportRow
    parts: Sequence[ExportPart]
    holds: Sequence[Hold]


class ExportRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, order: ExportOrder, made_ns: int) -> None:
        """A new job; one with the same id stays as it is."""
        row = {
            "id": order.id,
            "made": made_ns,
            "order": encode(order).decode(),
            "status": str(ExportStatus.QUEUED),
            "progress": 0.0,
            "size": 0,
            "coverage": 0.0,
            "sha256": "",
            "reason": "",
            "why": "",
            "finished": 0,
        }
        async with self._database.write() as connection:
            await connection.execute(self._database.insert(exports).values(row).on_conflict_do_nothing())

    async def get(self, id: str) -> ExportRow | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(exports).where(exports.c.id == id))).mappings().first()
        return _row(row) if row is not None else None

    async def unfinished(self) -> list[ExportRow]:
        """Those still to be made, oldest first."""
        statement = select(exports).where(exports.c.status.in_(_UNFINISHED)).order_by(exports.c.made)
        async with self._database.read() as connection:
            return [_row(row) for row in (await connection.execute(statement)).mappings()]

    async def begin(self, id: str, parts: Sequence[ExportPart]) -> bool:
        """An export is being made of this footage, its package a copy of it. False where it is over."""
        running = update(exports).where(exports.c.id == id, exports.c.status.in_(_UNFINISHED))
        async with self._database.write() as connection:
            values = running.values(status=str(ExportStatus.RUNNING), progress=0.0)
            if not (await connection.execute(values)).rowcount:
                return False
            await connection.execute(delete(export_parts).where(export_parts.c.export == id))
            for part in parts:
                days = await days_in_force(connection, part.stream, part.start_ns, part.days)
                row = {"export": id} | asdict(replace(part, days=days))
                await connection.execute(insert(export_parts).values(row))
        return True

    async def packages(self) -> list[Package]:
        """Every export that has a package, and what bounds the life of each."""
        done = select(exports).where(exports.c.status == ExportStatus.DONE)
        async with self._database.read() as connection:
            rows = [_row(row) for row in (await connection.execute(done)).mappings()]
            return [Package(row, *await _footage(connection, row.order.id)) for row in rows]

    async def footage_of(self, id: str) -> tuple[Sequence[ExportPart], Sequence[Hold]]:
        """The footage in the package of an export, and the holds on the streams of that."""
        async with self._database.read() as connection:
            return await _footage(connection, id)

    async def of_stray(self, parts: Sequence[ExportPart]) -> tuple[list[ExportPart], list[Hold]]:
        """The parts of a package without a row under the days in force, and the holds on their streams."""
        async with self._database.read() as connection:
            known = [
                replace(part, days=await days_in_force(connection, part.stream, part.start_ns, part.days))
                for part in parts
            ]
            return known, await _holds(connection, known)

    async def proceed(self, id: str, progress: float) -> None:
        """Write how far a running job is; one that has ended meanwhile stays as it ended."""
        running = update(exports).where(exports.c.id == id, exports.c.status == ExportStatus.RUNNING)
        async with self._database.write() as connection:
            await connection.execute(running.values(progress=progress))

    async def finish(self, progress: ExportProgress, finished_ns: int) -> bool:
        """Write how a job ended. False where it had ended already: that stays."""
        return await self._write(progress, finished_ns, exports.c.status.in_(_UNFINISHED))

    async def update(self, progress: ExportProgress, finished_ns: int = 0) -> None:
        """Write what has become of a job."""
        await self._write(progress, finished_ns)

    async def _write(self, progress: ExportProgress, finished_ns: int, *only: ColumnElement[bool]) -> bool:
        statement = (
            update(exports)
            .where(exports.c.id == progress.id, *only)
            .values(
                status=str(progress.status),
                progress=progress.progress,
                size=progress.bytes,
                coverage=progress.coverage,
                sha256=progress.sha256,
                reason=progress.reason,
                why="" if progress.why is None else progress.why.kept(),
                finished=finished_ns,
            )
        )
        async with self._database.write() as connection:
            return bool((await connection.execute(statement)).rowcount)


async def _footage(connection: AsyncConnection, id: str) -> tuple[Sequence[ExportPart], Sequence[Hold]]:
    statement = select(export_parts).where(export_parts.c.export == id)
    found = (await connection.execute(statement)).all()
    parts = [ExportPart(one.stream, one.start_ns, one.from_ns, one.end_ns, one.days) for one in found]
    return parts, await _holds(connection, parts)


async def _holds(connection: AsyncConnection, parts: Sequence[ExportPart]) -> list[Hold]:
    """The holds on the streams of some parts."""
    mine = {part.stream for part in parts}
    rows = (await connection.execute(select(holds).where(holds.c.stream.in_(mine)))).all()
    return [Hold(row.id, row.stream, row.start_ns, row.end_ns, row.reference) for row in rows]


def _row(row: RowMapping) -> ExportRow:
    progress = ExportProgress(
        id=row["id"],
        status=ExportStatus(row["status"]),
        progress=row["progress"],
        bytes=row["size"],
        coverage=row["coverage"],
        sha256=row["sha256"],
        reason=row["reason"],
        why=read(row["why"], row["reason"]),
    )
    return ExportRow(decode(ExportOrder, row["order"].encode()), progress, row["made"], row["finished"])
