"""Brings exports and holds to storage, and again until storage has taken them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from control_room.db.engine import Database
from control_room.evidence.storage_client import StorageClient
from control_room.model.evidence import Ending, Export, Hold, HoldStatus
from control_room.model.people import Principal
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
_ROUNDS_UNTIL_DONE = 120
"""Ten minutes: a package that storage has destroyed at its deadline is told no later."""
_SILENCES = 3


_Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Told:
    """An export as storage told it, or why it did not answer."""

    export: Export
    silent: Unavailable | None = None


class Orders:
    """The rows are the truth: a restart goes on where they stand."""

    def __init__(self, db: Database, storage: StorageClient) -> None:
        self._db = db
        self._storage = storage
        self._turn = asyncio.Lock()
        self.storage_answers = True

    async def run(self) -> None:
        """Ask for ever. Ends with Unavailable when storage does not answer, to be started again."""
        for number in count():
            await self.round()
            if number % _ROUNDS_UNTIL_DONE == 0:
                await self.revisit()
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def round(self) -> None:
        """Ask storage about everything that is open, once. Raises Unavailable where it did not answer."""
        async with self._db.read() as tx:
            exports = await tx.exports.open()
            holds = await tx.holds.open()
        work: list[_Ask] = [partial(self.settle, hold) for hold in holds] + [
            partial(self.advance, export) for export in exports
        ]
        await _each(work)

    async def revisit(self) -> None:
        """Ask storage whether it still has what is done, once. Raises Unavailable where it did not answer."""
        async with self._db.read() as tx:
            exports = await tx.exports.done()
        await _each([partial(self._look_at, export) for export in exports])

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
        told = await self._asked_of(export)
        self.storage_answers = told.silent is None
        if (told.export.progress, told.export.ordered) != (export.progress, export.ordered):
            async with self._db.write() as tx:
                await tx.exports.advance(told.export.progress, ordered=told.export.ordered)
        if told.silent is not None:
            raise told.silent
        return told.export

    async def advanced(self, export: Export) -> Export:
        """The export as storage tells it, or as it stands with the reason where storage is silent; kept."""
        with suppress(Unavailable):
            return await self.advance(export)
        async with self._db.read() as tx:
            return await tx.exports.get(export.id)

    async def seen(self, export: Export) -> Export:
        """An ordered export as storage tells it, or with the reason why it does not; nothing is kept."""
        return (await self._asked_of(export)).export

    async def _asked_of(self, export: Export) -> _Told:
        async with self._db.read() as tx:
            order, principal = await tx.exports.order(export.id)
        if export.ending is not Ending.NONE:
            return await self._ended(export, principal)
        try:
            progress = await (
                self._storage.export_progress(export.id, principal)
                if export.ordered
                else self._storage.order_export(order, principal)
            )
        except NotFound as error:
            # One that storage lost before it was done is ordered again; one that was done is no more.
            done = export.progress.status is ExportStatus.DONE
            status = ExportStatus.DESTROYED if done else ExportStatus.QUEUED
            lost = replace(export.progress, status=status, reason=error.detail, why=error.why)
            return _Told(replace(export, progress=lost, ordered=done))
        except (BadInput, Conflict) as error:
            failed = replace(export.progress, status=ExportStatus.FAILED, reason=error.detail, why=error.why)
            return _Told(replace(export, progress=failed))
        except Unavailable as error:
            return _Told(replace(export, progress=_waiting(export, error)), error)
        return _Told(replace(export, progress=replace(progress, id=export.id), ordered=True))

    async def _ended(self, export: Export, principal: Principal) -> _Told:
        """An export that is to end before its time, as storage ended it."""
        made = export.progress.status is ExportStatus.DONE
        status = ExportStatus.DESTROYED if made else ExportStatus.CANCELLED
        try:
            progress = await self._storage.cancel_export(export.id, principal)
        except (NotFound, BadInput, Conflict):
            # One that storage never had, or has no more, is ended as well as can be.
            progress = replace(export.progress, status=status)
        except Unavailable as error:
            waiting = replace(_waiting(export, error), status=export.progress.status)
            return _Told(replace(export, progress=waiting), error)
        return _Told(replace(export, progress=replace(progress, id=export.id)))

    async def _look_at(self, export: Export) -> None:
        """Keep that a package is destroyed, where storage says so itself.

        A storage that lost its index, or stands on another folder, does not know of a package that is there.
        """
        async with self._db.read() as tx:
            _, principal = await tx.exports.order(export.id)
        try:
            progress = await self._storage.export_progress(export.id, principal)
        except (BadInput, NotFound, Conflict):
            return
        except Unavailable:
            self.storage_answers = False
            raise
        self.storage_answers = True
        if progress.status is ExportStatus.DESTROYED:
            async with self._db.write() as tx:
                await tx.exports.advance(replace(progress, id=export.id), ordered=True)

    async def settle(self, hold: Hold) -> None:
        """Place or release a hold, and keep the outcome. Raises Unavailable when storage does not answer."""
        # In turn: a hold still on its way to storage must not arrive there after its release.
        async with self._turn:
            await self._settle(hold.id)

    async def _settle(self, hold_id: str) -> None:
        async with self._db.read() as tx:
            hold = await tx.holds.get(hold_id)
            principal = await tx.holds.principal(hold_id)
        if hold.status not in (HoldStatus.PENDING, HoldStatus.RELEASING):
            return
        try:
            status, told = await self._asked(hold, principal)
        except Unavailable as error:
            self.storage_answers = False
            await self._keep_hold(hold, hold.status, error.told)
            raise
        self.storage_answers = True
        await self._keep_hold(hold, status, told)

    async def _asked(self, hold: Hold, principal: Principal) -> tuple[HoldStatus, str | Reason]:
        if hold.status is HoldStatus.RELEASING:
            try:
                await self._storage.release_hold(hold.id, principal)
            except (BadInput, Conflict) as error:
                return HoldStatus.RELEASING, error.told
            return HoldStatus.RELEASED, ""
        try:
            placed = await self._storage.place_hold(hold_order(hold), principal)
        except (BadInput, Conflict, NotFound) as error:
            return HoldStatus.REFUSED, error.told
        return HoldStatus.PLACED, _came_too_late(placed)

    async def _keep_hold(self, hold: Hold, status: HoldStatus, told: str | Reason) -> None:
        if (status, str(told)) != (hold.status, hold.reason):
            async with self._db.write() as tx:
                await tx.holds.advance(hold.id, hold.status, status, told)


async def _each(work: Sequence[_Ask]) -> None:
    """Do all of it: what storage cannot answer for must not hold the rest up; several mean it is away."""
    silences: list[Unavailable] = []
    for ask in work:
        if len(silences) == _SILENCES:
            break
        try:
            await ask()
        except Unavailable as error:
            silences.append(error)
    if silences:
        raise silences[0]


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
