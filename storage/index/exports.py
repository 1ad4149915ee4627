"""Rows of exports: the row is the truth of a job, its work can always start again."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, select, update

from shared.messages import ExportOrder, ExportProgress, ExportStatus, decode, encode
from storage.index.database import Database
from storage.index.tables import exports

_UNFINISHED = (ExportStatus.QUEUED, ExportStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as the index has it; `finished_ns` is 0 until it is."""

    order: ExportOrder
    progress: ExportProgress
    made_ns: int
    finished_ns: int


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

    async def finished_before(self, utc_ns: int) -> list[ExportRow]:
        """Those with a package that was finished before an instant."""
        statement = select(exports).where(exports.c.status == ExportStatus.DONE, exports.c.finished <= utc_ns)
        async with self._database.read() as connection:
            return [_row(row) for row in (await connection.execute(statement)).mappings()]

    async def update(self, progress: ExportProgress, finished_ns: int = 0) -> None:
        """Write how far a job is."""
        statement = (
            update(exports)
            .where(exports.c.id == progress.id)
            .values(
                status=str(progress.status),
                progress=progress.progress,
                size=progress.bytes,
                coverage=progress.coverage,
                sha256=progress.sha256,
                reason=progress.reason,
                finished=finished_ns,
            )
        )
        async with self._database.write() as connection:
            await connection.execute(statement)


def _row(row: RowMapping) -> ExportRow:
    progress = ExportProgress(
        id=row["id"],
        status=ExportStatus(row["status"]),
        progress=row["progress"],
        bytes=row["size"],
        coverage=row["coverage"],
        sha256=row["sha256"],
        reason=row["reason"],
    )
    return ExportRow(decode(ExportOrder, row["order"].encode()), progress, row["made"], row["finished"])
