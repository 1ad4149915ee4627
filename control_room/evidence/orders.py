"""Brings exports and holds to storage, and again until storage has taken them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from control_room.db.engine import Database
from control_room.db.orders import Behalf
from control_room.evidence.storage_client import StorageClient
from control_room.model import Export, Hold, HoldStatus
from shared.causes import cause_of
from shared.errors import BadInput, Conflict, NotFound, Unavailable
from shared.messages.storage import (
    ExportProgress,
    ExportStatus,
    HeldReport,
    HoldOrder,
    HoldPlaced,
    KnownHolds,
    export_hold_id,
)
from shared.reasons import Reason, why

_LOOK_AGAIN_S = 5.0
_SILENCES = 3


class Orders:
    """The rows are the truth: a restart goes on where they stand."""

    def __init__(self, db: Database, storage: StorageClient) -> None:
        self._db = db
        self._storage = storage
        self._woken = asyncio.Event()
        self._turn = asyncio.Lock()
        self.storage_answers = True

    def wake(self) -> None:
        """Something was just written that storage must be asked."""
        self._woken.set()

    async def run(self) -> None:
        """Ask for ever. Ends with Unavailable when storage does not answer, to be started again."""
        while True:
            self._woken.clear()
            await self.round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_AGAIN_S)

    async def round(self) -> None:
        """Ask storage about everything that is open, once. Raises Unavailable where it did not answer."""
        async with self._db.read() as tx:
            exports = await tx.exports.open()
            holds = await tx.holds.open()
        work: list[Callable[[], Awaitable[object]]] = [partial(self.settle, hold) for hold in holds] + [
            partial(self.advance, export) for export in exports
        ]
        silences: list[Unavailable] = []
        for ask in work:
            # One that storage cannot answer for must not hold the others up; several mean it is away.
            if len(silences) == _SILENCES:
                break
            try:
                await ask()
            except Unavailable as error:
                silences.append(error)
        if silences:
            raise silences[0]

    async def reconcile(self, report: HeldReport) -> KnownHolds:
        """Every hold that storage has to keep, and those of the ones it keeps that have ended.

        An export that is not made yet keeps its footage like a hold, also before storage has its order.
        """
        prefix = export_hold_id("")
        exports = {id.removeprefix(prefix) for id in report.ids if id.startswith(prefix)}
        async with self._db.read() as tx:
            holds = [hold_order(hold) for hold in await tx.holds.active()]
            orders = await tx.exports.open_orders()
            ended = await tx.holds.ended(report.ids)
            made = await tx.exports.finished(exports)
        of_exports = [
            HoldOrder(export_hold_id(order.id), camera.stream, order.start, order.end, order.reference)
            for order in orders
            for camera in order.cameras
        ]
        ended |= {export_hold_id(id) for id in made}
        return KnownHolds((*holds, *of_exports), tuple(sorted(ended)))

    async def advance(self, export: Export) -> Export:
        """Order an export that is not ordered yet, else ask how far it is, and keep the answer.

        Where storage does not answer the row says so and Unavailable is raised.
        """
        async with self._db.read() as tx:
            order, behalf = await tx.exports.order(export.id)
        try:
            progress = await (
                self._storage.export_progress(export.id, behalf.person, behalf.session)
                if export.ordered
                else self._storage.order_export(order, behalf.person, behalf.session)
            )
        except NotFound as error:
            # One that storage lost before it was done is ordered again; one that was done is no more.
            done = export.progress.status is ExportStatus.DONE
            status = ExportStatus.DESTROYED if done else ExportStatus.QUEUED
            lost = replace(export.progress, status=status, reason=error.detail, why=error.why)
            return await self._keep(export, lost, ordered=done)
        except (BadInput, Conflict) as error:
            failed = replace(export.progress, status=ExportStatus.FAILED, reason=error.detail, why=error.why)
            return await self._keep(export, failed, ordered=export.ordered)
        except Unavailable as error:
            self.storage_answers = False
            await self._keep(export, _waiting(export, error), ordered=export.ordered)
            raise
        self.storage_answers = True
        return await self._keep(export, replace(progress, id=export.id), ordered=True)

    async def settle(self, hold: Hold) -> None:
        """Place or release a hold, and keep the outcome. Raises Unavailable when storage does not answer."""
        # In turn: a hold still on its way to storage must not arrive there after its release.
        async with self._turn:
            await self._settle(hold.id)

    async def _settle(self, hold_id: str) -> None:
        async with self._db.read() as tx:
            hold = await tx.holds.get(hold_id)
            behalf = await tx.holds.behalf(hold_id)
        if hold.status not in (HoldStatus.PENDING, HoldStatus.RELEASING):
            return
        try:
            status, told = await self._asked(hold, behalf)
        except Unavailable as error:
            self.storage_answers = False
            await self._keep_hold(hold, hold.status, error.told)
            raise
        self.storage_answers = True
        await self._keep_hold(hold, status, told)

    async def _asked(self, hold: Hold, behalf: Behalf) -> tuple[HoldStatus, str | Reason]:
        if hold.status is HoldStatus.RELEASING:
            try:
                await self._storage.release_hold(hold.id, behalf.person, behalf.session)
            except (BadInput, Conflict) as error:
                return HoldStatus.RELEASING, error.told
            return HoldStatus.RELEASED, ""
        try:
            placed = await self._storage.place_hold(hold_order(hold), behalf.person, behalf.session)
        except (BadInput, Conflict, NotFound) as error:
            return HoldStatus.REFUSED, error.told
        return HoldStatus.PLACED, _came_too_late(placed)

    async def _keep(self, export: Export, progress: ExportProgress, *, ordered: bool) -> Export:
        if (progress, ordered) != (export.progress, export.ordered):
            async with self._db.write() as tx:
                await tx.exports.advance(progress, ordered=ordered)
        return replace(export, progress=progress, ordered=ordered)

    async def _keep_hold(self, hold: Hold, status: HoldStatus, told: str | Reason) -> None:
        if (status, str(told)) != (hold.status, hold.reason):
            async with self._db.write() as tx:
                await tx.holds.advance(hold.id, hold.status, status, told)


def hold_order(hold: Hold) -> HoldOrder:
    """What storage is asked to keep."""
    stream = f"{hold.commune}/{hold.camera}/main"
    return HoldOrder(hold.id, stream, hold.start, hold.end, hold.reference)


def _came_too_late(placed: HoldPlaced) -> str | Reason:
    """What a person must be told of a hold that does not keep all it asks for."""
    if not placed.without_footage:
        return ""
    named = ", ".join(
        f"{part.start.isoformat(timespec='seconds')} to {part.end.isoformat(timespec='seconds')}"
        for part in placed.without_footage
    )
    if not placed.more:
        return why(
            "hold-partial",
            "there was no footage to keep of {ranges}: never recorded, or destroyed before",
            ranges=named,
        )
    return why(
        "hold-partial-more",
        "there was no footage to keep of {ranges} and {more} more: never recorded, or destroyed before",
        ranges=named,
        more=placed.more,
    )


def _waiting(export: Export, error: Unavailable) -> ExportProgress:
    status = export.progress.status if export.ordered else ExportStatus.QUEUED
    reason = why("export-waits", "{cause}; asked again until it answers", cause=cause_of(error))
    return replace(export.progress, status=status, reason=reason.text, why=reason)
