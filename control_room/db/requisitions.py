"""Requisitions in the database: every version stays, the newest is what stands."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from control_room.db.desk_tables import (
    DeliveryRow,
    RequisitionCommuneRow,
    RequisitionRow,
    RequisitionVersionRow,
)
from control_room.model.paging import Asked, Slice
from control_room.model.requisitions import Delivery, Demand, Entry, Requisition, RequisitionStatus
from shared.errors import NotFound
from shared.messages.codec import decode, encode
from shared.reasons import why


class Requisitions:
    """Requisitions, their versions and what was handed over for them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, requisition_id: str) -> Requisition:
        """One requisition. Raises NotFound."""
        (found,) = await self._whole([await self._row(requisition_id)])
        return found

    async def page(
        self, asked: Asked, communes: Collection[str], status: RequisitionStatus | None, file: str
    ) -> Slice[Requisition]:
        """Those that lie wholly in these communes, newest first; of one status and file where given."""
        outside = exists().where(
            RequisitionCommuneRow.requisition == RequisitionRow.number,
            RequisitionCommuneRow.commune.not_in(communes),
        )
        query = select(RequisitionRow).where(~outside).order_by(RequisitionRow.number.desc())
        before = asked.after(int)
        if before is not None:
            query = query.where(RequisitionRow.number < before[0])
        if status is not None:
            query = query.where(RequisitionRow.status == status)
        if file:
            query = query.where(RequisitionRow.file.icontains(file, autoescape=True))
        rows = (await self._session.scalars(query.limit(asked.limit + 1))).all()
        return asked.cut(await self._whole(rows), [(row.number,) for row in rows])

    async def versions(self, requisition_id: str) -> list[tuple[Entry, Demand]]:
        """Every version, oldest first. Raises NotFound."""
        number = (await self._row(requisition_id)).number
        query = select(RequisitionVersionRow).where(RequisitionVersionRow.requisition == number)
        rows = await self._session.scalars(query.order_by(RequisitionVersionRow.version))
        return [(_entry(row), decode(Demand, row.body)) for row in rows]

    async def add(self, requisition: Requisition) -> None:
        """Keep a new requisition with its first version."""
        row = RequisitionRow(
            id=requisition.id,
            file=requisition.demand.file,
            status=requisition.status,
            body=encode(requisition.demand),
            decided_by="",
            decided_at=None,
            decision="",
            export="",
        )
        self._session.add(row)
        await self._session.flush()
        self._enter(row.number, requisition)
        await self._spread(row.number, requisition.communes)

    async def change(self, requisition: Requisition) -> None:
        """Keep another version, which its last entry names."""
        row = await self._row(requisition.id)
        row.file, row.body = requisition.demand.file, encode(requisition.demand)
        self._enter(row.number, requisition)
        await self._spread(row.number, requisition.communes)

    async def decide(
        self, requisition_id: str, status: RequisitionStatus, by: str, at: datetime, decision: str
    ) -> None:
        """Keep a person's decision."""
        row = await self._row(requisition_id)
        row.status, row.decided_by, row.decided_at, row.decision = status, by, at, decision

    async def advance(self, requisition_id: str, status: RequisitionStatus) -> None:
        """Keep what has become of it after it was approved."""
        (await self._row(requisition_id)).status = status

    async def order(self, requisition_id: str, export_id: str) -> None:
        """Keep which export is its last."""
        (await self._row(requisition_id)).export = export_id

    async def hand_over(self, delivery: Delivery) -> None:
        """Enter a line into the register of transmissions."""
        number = (await self._row(delivery.requisition)).number
        body = encode(delivery)
        self._session.add(
            DeliveryRow(
                requisition=number, export=delivery.export, at=delivery.at, sha256=delivery.sha256, body=body
            )
        )

    async def delivery(self, requisition_id: str) -> Delivery:
        """The last hand-over of a requisition. Raises NotFound."""
        number = (await self._row(requisition_id)).number
        query = select(DeliveryRow).where(DeliveryRow.requisition == number)
        row = await self._session.scalar(query.order_by(DeliveryRow.number.desc()).limit(1))
        if row is None:
            raise NotFound(why("no-receipt", "nothing was handed over for this requisition"))
        return decode(Delivery, row.body)

    async def register(self, asked: Asked, communes: Collection[str]) -> Slice[Delivery]:
        """The register of transmissions of these communes, newest first."""
        outside = exists().where(
            RequisitionCommuneRow.requisition == DeliveryRow.requisition,
            RequisitionCommuneRow.commune.not_in(communes),
        )
        query = select(DeliveryRow).where(~outside).order_by(DeliveryRow.number.desc())
        before = asked.after(int)
        if before is not None:
            query = query.where(DeliveryRow.number < before[0])
        rows = (await self._session.scalars(query.limit(asked.limit + 1))).all()
        return asked.cut([decode(Delivery, row.body) for row in rows], [(row.number,) for row in rows])

    async def _row(self, requisition_id: str) -> RequisitionRow:
        row = await self._session.scalar(select(RequisitionRow).where(RequisitionRow.id == requisition_id))
        if row is None:
            raise NotFound(why("no-requisition", "there is no such requisition"))
        return row

    async def _whole(self, rows: Collection[RequisitionRow]) -> list[Requisition]:
        numbers = [row.number for row in rows]
        entries: dict[int, list[Entry]] = {number: [] for number in numbers}
        of_version = select(RequisitionVersionRow).where(RequisitionVersionRow.requisition.in_(numbers))
        for version in await self._session.scalars(of_version.order_by(RequisitionVersionRow.version)):
            entries[version.requisition].append(_entry(version))
        spread: dict[int, set[str]] = {number: set() for number in numbers}
        of_commune = select(RequisitionCommuneRow).where(RequisitionCommuneRow.requisition.in_(numbers))
        for place in await self._session.scalars(of_commune):
            spread[place.requisition].add(place.commune)
        return [_requisition(row, entries[row.number], spread[row.number]) for row in rows]

    def _enter(self, number: int, requisition: Requisition) -> None:
        entry = requisition.entries[-1]
        body = encode(requisition.demand)
        self._session.add(
            RequisitionVersionRow(
                requisition=number,
                version=entry.version,
                person=entry.person,
                login=entry.login,
                at=entry.at,
                body=body,
            )
        )

    async def _spread(self, number: int, communes: Collection[str]) -> None:
        of_it = select(RequisitionCommuneRow.commune).where(RequisitionCommuneRow.requisition == number)
        known = set(await self._session.scalars(of_it))
        self._session.add_all(
            RequisitionCommuneRow(requisition=number, commune=code) for code in sorted(set(communes) - known)
        )
        await self._session.flush()


def _entry(row: RequisitionVersionRow) -> Entry:
    return Entry(row.version, row.person, row.login, row.at)


def _requisition(row: RequisitionRow, entries: list[Entry], communes: set[str]) -> Requisition:
    found = Requisition(
        row.id,
        decode(Demand, row.body),
        RequisitionStatus(row.status),
        tuple(entries),
        frozenset(communes),
    )
    return replace(
        found,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        export=row.export,
    )
