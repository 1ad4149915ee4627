"""Packages that are finished and may be handed out."""

import asyncio
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from shared.causes import cause_of
from shared.clock import Clock
from shared.errors import Conflict, NotFound, Unavailable
from shared.messages.storage import ExportOrder, ExportStatus
from shared.reasons import why
from storage.exports.lifetime import package_due_ns
from storage.exports.original import Original, read_original, unread
from storage.exports.place import destroy_package, package_path
from storage.exports.safe import PackageSafe
from storage.exports.stamps import TOKEN
from storage.index.exports import ExportRow, ExportRows
from storage.objects.sealing.faults import KeyAway, SealBroken

_NEVER_NS = 1 << 62


@dataclass(frozen=True, slots=True)
class KeptPackage:
    """A package in the folder: `size` is that of what is handed over, which `opened` reads."""

    path: Path
    size: int
    opened: Callable[[], io.RawIOBase]


class Packages:
    """One that has footage past its deadline is not there, destroyed or not."""

    def __init__(self, rows: ExportRows, safe: PackageSafe, clock: Clock, folder: Path) -> None:
        self.safe = safe
        """What keeps them sealed."""
        self.folder = folder
        self._rows = rows
        self._clock = clock

    def place(self, order: ExportOrder) -> Path:
        """Where the package of an order is, or will be."""
        return package_path(self.folder, order)

    async def package(self, id: str) -> Path:
        """A finished package, as it lies. Raises NotFound, and Conflict while or because there is none."""
        row = await self._rows.get(id)
        if row is None:
            raise no_export(id)
        status = row.progress.status
        if status is ExportStatus.DONE and await self._is_over(id):
            status = ExportStatus.DESTROYED
        if status is not ExportStatus.DONE:
            raise Conflict(
                why(
                    "export-not-done",
                    "export {id} is {export_status}: there is no package",
                    id=id,
                    export_status=status.value,
                )
            )
        return self.place(row.order)

    async def kept(self, id: str) -> KeptPackage:
        """A finished package to be read. Raises as `package` does, and Unavailable where it does not open."""
        path = await self.package(id)
        try:
            return await asyncio.to_thread(self._kept, path)
        except FileNotFoundError as error:
            raise NotFound(why("package-gone", "the package is not where it was made")) from error
        except (KeyAway, SealBroken) as error:
            raise Unavailable(
                why("recording-unopened", "the recording cannot be decrypted: {cause}", cause=cause_of(error))
            ) from error

    async def timestamp(self, id: str) -> bytes:
        """The token of a finished package. Raises NotFound where none has come, and as `package` does."""
        package = await self.package(id)
        try:
            return await asyncio.to_thread(package.with_suffix(TOKEN).read_bytes)
        except FileNotFoundError:
            raise NotFound(why("no-timestamp", "export {id} has no time-stamp", id=id)) from None

    async def original(self, order: ExportOrder) -> Original | None:
        """The export that a redacted copy is one of. Raises Conflict where it cannot be told."""
        if not order.original:
            return None
        row = await self._rows.get(order.original)
        if row is None or row.progress.status is not ExportStatus.DONE:
            raise unread(order.original)
        return await asyncio.to_thread(self._original, row, order.cameras[0].stream)

    async def destroy(self, order: ExportOrder) -> None:
        """Remove the package of an order, as far as it is there, and what goes with it. Raises OSError."""
        await destroy_package(self.folder, order)

    def begin(self, *, alone: bool) -> None:
        """Remove what a crash left half made, which is in the clear. At the start only. Blocking.

        Where this process is not `alone` others may be making it: the sweep knows who makes what.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob("*.part") if alone else ():
            path.unlink(missing_ok=True)

    def _kept(self, path: Path) -> KeptPackage:
        opened = partial(self.safe.opened, path)
        # Before an answer begins: once it has, nobody can be told that the key is missing or the end is.
        with opened() as package:
            package.seek(-1, os.SEEK_END)
            package.read(1)
        return KeptPackage(path, self.safe.size(path), opened)

    def _original(self, row: ExportRow, stream: str) -> Original:
        opened = partial(self.safe.opened, self.place(row.order))
        return read_original(opened, row.order.id, row.progress.sha256, stream)

    async def _is_over(self, id: str) -> bool:
        """Whether a package has footage past its deadline: it is to be destroyed."""
        parts, holds = await self._rows.footage_of(id)
        return package_due_ns(_NEVER_NS, parts, holds) <= self._clock.utc_ns()


def no_export(id: str) -> NotFound:
    """There is no export of that id."""
    return NotFound(why("no-export", "there is no export {id}", id=id))
