"""What ends by itself at the desk: holds whose time is over, packages nobody came for."""

import asyncio
from datetime import timedelta

from control_room.db.engine import Database
from control_room.db.transaction import Transaction
from control_room.model.evidence import Ending, Export, Hold, HoldStatus
from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.requisitions import Requisition, RequisitionStatus
from control_room.model.times import utc_now
from shared import metrics
from shared.clock import Clock
from shared.messages.storage import ExportStatus
from shared.reasons import why

_LOOK_AGAIN_S = 5.0
_UNCOLLECTED = (ExportStatus.DONE, ExportStatus.DESTROYED)


class Clerk:
    """Looks every 5 s. What it ends is in the journal, done by nobody; storage is told by `Orders`."""

    def __init__(self, db: Database, clock: Clock, collect_days: int) -> None:
        self._db = db
        self._clock = clock
        self._collect = timedelta(days=collect_days)
        self._overdue = metrics.gauge(
            "control_room_holds_review_overdue", "Holds that should have been reviewed and were not"
        )

    async def run(self) -> None:
        """Look for ever. Raises Unavailable when the database does."""
        while True:
            await self.round()
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def round(self) -> None:
        """Look once."""
        now = utc_now(self._clock)
        async with self._db.read() as tx:
            held = await tx.holds.run_out(now)
            waiting = await tx.exports.of_requisitions(ExportStatus.DONE)
            gone = await tx.exports.of_requisitions(ExportStatus.DESTROYED)
            self._overdue.set(await tx.holds.overdue(now))
        if any(export.finished_at is None for export in waiting):
            async with self._db.write() as tx:
                await tx.exports.finished_first(now)
        for hold in held:
            await self._end(hold)
        for export in (*waiting, *gone):
            if export.finished_at is not None and export.finished_at + self._collect <= now:
                await self._expire(export)

    async def _end(self, hold: Hold) -> None:
        async with self._db.write() as tx:
            if await tx.holds.advance(hold.id, hold.status, HoldStatus.RELEASING, ""):
                await tx.journal.write(utc_now(self._clock), _ran_out(hold))

    async def _expire(self, export: Export) -> None:
        async with self._db.write() as tx:
            found = await tx.requisitions.get(export.requisition)
            now = await tx.exports.get(export.id)
            stands = found.status is RequisitionStatus.APPROVED and found.export == export.id
            if not stands or now.progress.status not in _UNCOLLECTED:
                return
            await tx.journal.write(utc_now(self._clock), *_expired(found, self._collect.days))
            await tx.requisitions.advance(found.id, RequisitionStatus.EXPIRED)
            await tx.exports.end(export.id, Ending.EXPIRED)
            await _free(tx, found.id)


async def _free(tx: Transaction, requisition_id: str) -> None:
    for hold in await tx.holds.of_requisition(requisition_id):
        await tx.holds.advance(hold.id, hold.status, HoldStatus.RELEASING, "")


def _ran_out(hold: Hold) -> AuditEvent:
    return AuditEvent(
        AuditAction.RELEASE_HOLD,
        Outcome.DONE,
        commune=hold.commune,
        camera=hold.camera,
        resource=f"hold:{hold.id}",
    ).telling(why("hold-ran-out", "{reference}: its time is over", reference=hold.reference), Outcome.DONE)


def _expired(found: Requisition, days: int) -> list[AuditEvent]:
    told = why(
        "export-uncollected",
        "{reference}: nobody came for the export within {days} days",
        reference=found.demand.file,
        days=days,
    )
    return [
        AuditEvent(
            AuditAction.EXPIRE_REQUISITION,
            Outcome.DONE,
            commune=stream.commune,
            camera=stream.camera,
            resource=f"requisition:{found.id}",
        ).telling(told, Outcome.DONE)
        for stream in found.demand.streams
    ]
