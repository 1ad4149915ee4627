"""Exports in the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.tables import ExportCommuneRow, ExportRow
from control_room.model.evidence import Ending, Export
from control_room.model.paging import Asked, Slice
from control_room.model.people import Principal
from shared.errors import NotFound
from shared.ids import StreamId
from shared.messages.codec import decode, encode
from shared.messages.storage import ExportOrder, ExportPhase, ExportProgress, ExportStatus
from shared.reasons import read, why

_OPEN_EXPORTS = (ExportStatus.QUEUED, ExportStatus.RUNNING)


class Exports:
    """Exports, each with the order that storage gets."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, export_id: str) -> Export:
        """One export. Raises NotFound."""
        (found,) = await self._whole([await self._row(export_id)])
        return found

    async def page(self, asked: Asked, communes: Collection[str]) -> Slice[Export]:
        """Exports that lie wholly in these communes, newest first."""
        outside = exists().where(
            ExportCommuneRow.export == ExportRow.number, ExportCommuneRow.commune.not_in(communes)
        )
        query = select(ExportRow).where(~outside).order_by(ExportRow.number.desc()).limit(asked.limit + 1)
        before = asked.after(int)
        if before is not None:
            query = query.where(ExportRow.number < before[0])
        rows = (await self._session.scalars(query)).all()
        return asked.cut(await self._whole(rows), [(row.number,) for row in rows])

    async def open(self) -> list[Export]:
        """Those about which storage is to be asked: not finished, or to be ended; oldest first."""
        query = select(ExportRow).where(_open() | _to_end()).order_by(ExportRow.number)
        return await self._whole((await self._session.scalars(query)).all())

    async def done(self) -> list[Export]:
        """Those whose package was made and is not known to be destroyed, oldest first."""
        query = select(ExportRow).where(ExportRow.status == ExportStatus.DONE).order_by(ExportRow.number)
        return await self._whole((await self._session.scalars(query)).all())

    async def open_orders(self) -> list[ExportOrder]:
        """What is to be exported and is not finished."""
        query = select(ExportRow.body).where(_open(), ExportRow.ending == "").order_by(ExportRow.number)
        return [decode(ExportOrder, body) for body in await self._session.scalars(query)]

    async def finished(self, export_ids: Collection[str]) -> set[str]:
        """Those of some exports that are known and open no longer."""
        query = select(ExportRow.id).where(
            ExportRow.id.in_(export_ids), ExportRow.status.not_in(_OPEN_EXPORTS) | (ExportRow.ending != "")
        )
        return set(await self._session.scalars(query))

    async def order(self, export_id: str) -> tuple[ExportOrder, Principal]:
        """What storage is to be asked."""
        row = await self._row(export_id)
        return decode(ExportOrder, row.body), Principal(row.person, row.session)

    async def add(self, export: Export, order: ExportOrder, principal: Principal) -> None:
        """Keep a new export."""
        row = ExportRow(
            id=export.id,
            person=principal.person,
            session=principal.session,
            motive=export.motive,
            requested_at=export.requested_at,
            body=encode(order),
            requisition=export.requisition,
        )
        _fill(row, export.progress, ordered=False)
        self._session.add(row)
        await self._session.flush()
        self._session.add_all(
            ExportCommuneRow(export=row.number, commune=code) for code in sorted(export.communes)
        )

    async def end(self, export_id: str, ending: Ending) -> bool:
        """Let an export end before its time. False where it has ended, or is to end already."""
        row = await self._row(export_id)
        if row.ending or row.status not in (*_OPEN_EXPORTS, ExportStatus.DONE):
            return False
        row.ending = ending.value
        return True

    async def of_requisitions(self, status: ExportStatus) -> list[Export]:
        """Those of the desk's requisitions that are as storage said last, oldest first."""
        query = select(ExportRow).where(ExportRow.requisition != "", ExportRow.status == status)
        return await self._whole((await self._session.scalars(query.order_by(ExportRow.number))).all())

    async def finished_first(self, at: datetime) -> None:
        """Note when this service first knew of each package that is there."""
        query = select(ExportRow).where(
            ExportRow.requisition != "",
            ExportRow.status == ExportStatus.DONE,
            ExportRow.finished_at.is_(None),
        )
        for row in await self._session.scalars(query):
            row.finished_at = at

    async def advance(self, progress: ExportProgress, *, ordered: bool) -> None:
        """Keep what storage says of an export; `ordered` once it has taken the order."""
        _fill(await self._row(progress.id), progress, ordered=ordered)

    async def _whole(self, rows: Collection[ExportRow]) -> list[Export]:
        orders = [decode(ExportOrder, row.body) for row in rows]
        named = {order.original for order in orders if order.original}
        of_those = select(ExportRow.id, ExportRow.sha256).where(ExportRow.id.in_(named))
        hashes = {row.id: row.sha256 for row in await self._session.execute(of_those)} if named else {}
        return [
            _export(row, order, hashes.get(order.original, ""))
            for row, order in zip(rows, orders, strict=True)
        ]

    async def _row(self, export_id: str) -> ExportRow:
        row = await self._session.scalar(select(ExportRow).where(ExportRow.id == export_id))
        if row is None:
            raise NotFound(why("no-export", "there is no such export"))
        return row


def _open() -> ColumnElement[bool]:
    return ExportRow.status.in_(_OPEN_EXPORTS)


def _to_end() -> ColumnElement[bool]:
    return (ExportRow.ending != "") & (ExportRow.status == ExportStatus.DONE)


def _fill(row: ExportRow, progress: ExportProgress, *, ordered: bool) -> None:
    row.ordered, row.status, row.progress = ordered, progress.status, progress.progress
    row.bytes, row.coverage = progress.bytes, progress.coverage
    row.reason = progress.reason
    # Copies go on naming a package that is destroyed.
    if progress.sha256 or progress.status is not ExportStatus.DESTROYED:
        row.sha256 = progress.sha256
    row.why = "" if progress.why is None else progress.why.kept()
    row.phase = progress.phase


def _export(row: ExportRow, order: ExportOrder, original_sha256: str) -> Export:
    streams = [StreamId.parse(camera.stream) for camera in order.cameras]
    return Export(
        id=row.id,
        reference=order.reference,
        authority=order.authority,
        motive=row.motive,
        requested_by=order.requested_by,
        requested_at=row.requested_at,
        communes=frozenset(stream.commune for stream in streams),
        cameras=tuple(stream.camera for stream in streams),
        start=order.start,
        end=order.end,
        ordered=row.ordered,
        progress=ExportProgress(
            row.id,
            ExportStatus(row.status),
            row.progress,
            row.bytes,
            row.coverage,
            row.sha256,
            row.reason,
            read(row.why, row.reason),
            ExportPhase(row.phase or ExportPhase.WAITING),
        ),
        requisition=row.requisition,
        ending=Ending(row.ending),
        finished_at=row.finished_at,
        masks=len(order.masks),
        original=order.original,
        original_sha256=original_sha256,
    )
