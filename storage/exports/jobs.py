"""Makes the exports that were ordered. The index has a row of each; a restart begins it anew."""

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from shared.causes import cause_of, technical
from shared.clock import Clock
from shared.errors import BeffroiError, Conflict
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.storage import ExportOrder, ExportProgress, ExportStatus, export_hold_id
from shared.reasons import Reason, why
from storage.exports.capture import registers_of
from storage.exports.documents import Seals
from storage.exports.lifetime import parts_of
from storage.exports.orders import asked_span
from storage.exports.package import CameraFootage, Packed, Packer, Stopped
from storage.exports.packages import Packages, no_export
from storage.exports.redacted_copy import redacted_copy
from storage.exports.redaction import Spawn
from storage.exports.redactor_process import RedactorProcess
from storage.exports.stamps import Stamps
from storage.index.exports import ExportRow, ExportRows
from storage.index.holds import Hold
from storage.lifecycle.holds import Holds
from storage.lifecycle.proofs import Proofs
from storage.metrics import ReadMetrics
from storage.playback.catalogue import Catalogue

_LOOK_S = 1.0
_RECOVERY_NS = 60_000_000_000
_RECOVERY_LOOK_S = 0.1
_STRAY_S = 60.0


class Claims(Protocol):
    """Which of several processes makes an export."""

    async def take(self, id: str) -> bool:
        """Try to be the one that makes it. Raises Unavailable."""
        ...

    async def leave(self, id: str) -> None:
        """It is not made here any more. Raises Unavailable."""
        ...

    def is_mine(self, id: str) -> bool:
        """Whether nobody else can be making it now."""
        ...


class Alone:
    """There is no other process."""

    async def take(self, id: str) -> bool:
        return True

    async def leave(self, id: str) -> None:
        return

    def is_mine(self, id: str) -> bool:
        return True


@dataclass(slots=True)
class _Making:
    """A package under way: whoever sets `stop` ends it; `packer` is there once its footage is known."""

    stop: Event = field(default_factory=Event)
    packer: Packer | None = None
    task: asyncio.Task[None] | None = None


class ExportJobs:
    """Takes orders, makes at most `at_once` packages at a time."""

    def __init__(
        self,
        rows: ExportRows,
        holds: Holds,
        catalogue: Catalogue,
        seals: Seals,
        clock: Clock,
        metrics: ReadMetrics,
        *,
        packages: Packages,
        version: str,
        at_once: int,
        is_recovering: Callable[[], bool] = lambda: False,
        stamps: Stamps | None = None,
        proofs: Proofs | None = None,
        redactor: Spawn = RedactorProcess,
        claims: Claims | None = None,
    ) -> None:
        self._claims = claims or Alone()
        self._alone = claims is None
        self.packages = packages
        """Those that are finished."""
        self.redactor = redactor
        """Starts what covers boxes of pictures."""
        self._proofs = proofs
        self._stamps = stamps
        self._is_recovering = is_recovering
        self._rows = rows
        self._holds = holds
        self._catalogue = catalogue
        self._seals = seals
        self._clock = clock
        self._metrics = metrics
        self._version = version
        self._at_once = at_once
        self._running: dict[str, _Making] = {}
        self._ordering = asyncio.Lock()
        self._log = get_logger("storage")

    async def order(self, order: ExportOrder) -> ExportProgress:
        """Take an order; the same one again gives how far it is. Raises BadInput, Conflict."""
        asked = asked_span(order)
        known = await self._rows.get(order.id)
        if known is not None:
            if known.order != order:
                raise Conflict(
                    why(
                        "export-ordered-otherwise",
                        "export {id} was ordered before with other contents",
                        id=order.id,
                    )
                )
            return known.progress
        async with self._ordering:
            for stream in {camera.stream for camera in order.cameras}:
                hold = Hold(_hold_id(order.id), stream, asked.start_ns, asked.end_ns, order.reference)
                await self._holds.put(hold)
            await self._rows.add(order, self._clock.utc_ns())
        return (await self._row(order.id)).progress

    async def progress(self, id: str) -> ExportProgress:
        """How far an export is. Raises NotFound."""
        row = await self._row(id)
        making = self._running.get(id)
        if row.progress.status is ExportStatus.RUNNING and making is not None and making.packer is not None:
            return _running(id, making.packer)
        return row.progress

    async def cancel(self, id: str) -> ExportProgress:
        """End an export for good: its making stops, a package that was made is destroyed. Raises NotFound.

        One that has failed, or is cancelled or destroyed already, stays as it is.
        """
        row = await self._row(id)
        ended = ExportProgress(id, ExportStatus.CANCELLED, row.progress.progress)
        if await self._rows.finish(ended, self._clock.utc_ns()):
            await self._stop_making(row.order)
            await self._holds.remove(_hold_id(id))
            self._metrics.exports.labels(ended.status).inc()
        elif (await self._row(id)).progress.status is ExportStatus.DONE:
            await self.packages.destroy(row.order)
            gone = ExportProgress(id, ExportStatus.DESTROYED, 1.0, coverage=row.progress.coverage)
            await self._rows.update(gone, row.finished_ns)
        return await self.progress(id)

    async def _stop_making(self, order: ExportOrder) -> None:
        making = self._running.get(order.id)
        if making is not None and making.task is not None:
            making.stop.set()
            await asyncio.gather(making.task, return_exceptions=True)
        await self.packages.destroy(order)

    async def run(self) -> None:
        """Start what is queued, for ever. Raises Unavailable when the index does."""
        await asyncio.to_thread(self.packages.begin, alone=self._alone)
        if self._alone:
            await self.end_stray_holds()
        began_ns = self._clock.monotonic_ns()
        # What a crash left in the spool is footage too: a package made before it is known would lack it.
        while self._is_recovering() and self._clock.monotonic_ns() - began_ns < _RECOVERY_NS:
            await self._clock.sleep(_RECOVERY_LOOK_S)
        while True:
            wanted = await self._rows.unfinished()
            for row in wanted:
                await self._keep_progress(row)
                if len(self._running) < self._at_once and row.order.id not in self._running:
                    await self._begin(row)
            self._stop_others({row.order.id for row in wanted})
            await self._clock.sleep(_LOOK_S)

    async def _begin(self, row: ExportRow) -> None:
        if await self._claims.take(row.order.id):
            making = self._running[row.order.id] = _Making()
            making.task = asyncio.create_task(self._make(row, making), name=f"export {row.order.id}")

    def _stop_others(self, wanted: Set[str]) -> None:
        """Stop making what was cancelled through another process, or is another's to make by now."""
        for id, making in self._running.items():
            if id not in wanted or not self._claims.is_mine(id):
                making.stop.set()

    async def keep_holds(self) -> None:
        """End stray holds for ever, where several processes take orders: what is stray for a minute."""
        before: set[str] = set()
        while True:
            before = await self.end_stray_holds(before)
            await self._clock.sleep(_STRAY_S)

    async def _keep_progress(self, row: ExportRow) -> None:
        """Whoever asks after a restart, before the export is begun anew, is told how far it was."""
        making = self._running.get(row.order.id)
        if making is None or making.packer is None or row.progress.status is not ExportStatus.RUNNING:
            return
        told = _running(row.order.id, making.packer)
        if told.progress != row.progress.progress:
            await self._rows.proceed(row.order.id, told.progress)

    async def end_stray_holds(self, only: Set[str] | None = None) -> set[str]:
        """End the holds of exports that a crash left without an unfinished row, with `only` no others.

        Those that are stray and stay.
        """
        async with self._ordering:
            # The holds first: an order puts its hold before its row.
            held = await self._holds.ids()
            wanted = {_hold_id(row.order.id) for row in await self._rows.unfinished()}
            stray = {id for id in held - wanted if id.startswith(_hold_id(""))}
            ended = stray if only is None else stray & only
            for id in ended:
                await self._holds.remove(id)
        return stray - ended

    def is_making(self, id: str) -> bool:
        """Whether a package is being written now."""
        return id in self._running

    async def close(self) -> None:
        """Leave what is being made; it starts again with the service."""
        for making in self._running.values():
            making.stop.set()
        tasks = [making.task for making in self._running.values() if making.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, row: ExportRow, making: _Making) -> None:
        id = row.order.id
        try:
            packed = await self._pack(row, making)
            done = ExportProgress(id, ExportStatus.DONE, 1.0, packed.size, packed.coverage, packed.sha256)
            # Before the row says that it is done: after a crash between the two it is made and wanted anew.
            if self._stamps is not None:
                await self._stamps.want(id, packed.manifest_sha256)
            await self._end(row.order, done)
        except Stopped:
            return
        except (BeffroiError, OSError, ValueError) as error:
            told = _told(error)
            self._log.error("export-failed", export=id, reason=told.text)
            failed = ExportProgress(id, ExportStatus.FAILED, 0.0, reason=told.text, why=told)
            await self._end(row.order, failed)
        finally:
            self._running.pop(id, None)
            await self._leave(id)

    async def _leave(self, id: str) -> None:
        try:
            await self._claims.leave(id)
        except BeffroiError as error:
            # It is let go with the next renewal that the index takes.
            self._log.warning("export-not-let-go", export=id, reason=error.detail)

    async def _pack(self, row: ExportRow, making: _Making) -> Packed:
        order, asked = row.order, asked_span(row.order)
        cameras = [
            CameraFootage(
                camera,
                # What was past its deadline when it was ordered is not revived by the order's own hold.
                await self._catalogue.between(
                    StreamId.parse(camera.stream),
                    asked.start_ns,
                    asked.end_ns,
                    at_ns=row.made_ns,
                    but_for=_hold_id(order.id),
                ),
                await self._catalogue.interruptions(StreamId.parse(camera.stream), asked),
            )
            for camera in order.cameras
        ]
        parts = [part for camera in cameras for part in parts_of(camera.footage, asked)]
        if not await self._rows.begin(order.id, parts):
            raise Stopped
        packer = Packer(
            order,
            asked,
            cameras,
            seals=self._seals,
            version=self._version,
            read=lambda footage: self._catalogue.layout_now(footage.key),
            bytes_of=self._catalogue.read,
            stop=making.stop,
            mine=lambda: self._claims.is_mine(order.id),
            redaction=redacted_copy(order, await self.packages.original(order), self.redactor),
            register_of=registers_of(self._proofs),
            safe=self.packages.safe,
        )
        making.packer = packer
        return await asyncio.to_thread(packer.pack, self.packages.place(order), self._clock.utc_ns())

    async def _end(self, order: ExportOrder, progress: ExportProgress) -> None:
        if not self._claims.is_mine(order.id):
            # Another process makes it, or has made it: its package has the same name.
            return
        if not await self._rows.finish(progress, self._clock.utc_ns()):
            await self.packages.destroy(order)
            return
        await self._holds.remove(_hold_id(progress.id))
        self._metrics.exports.labels(progress.status).inc()

    async def _row(self, id: str) -> ExportRow:
        row = await self._rows.get(id)
        if row is None:
            raise no_export(id)
        return row


def _running(id: str, packer: Packer) -> ExportProgress:
    return ExportProgress(id, ExportStatus.RUNNING, round(packer.progress, 4), phase=packer.phase)


def _told(error: BeffroiError | OSError | ValueError) -> Reason:
    """What ended an export, in the words it came with."""
    if isinstance(error, BeffroiError):
        return error.why or why("export-trouble", "{cause}", cause=cause_of(error))
    if isinstance(error, OSError):
        return why("export-disk", "{cause}", cause=cause_of(error))
    return why("export-trouble", "{cause}", cause=technical(str(error)))


def _hold_id(export_id: str) -> str:
    return export_hold_id(export_id)
