"""Destroys packages: with the footage in them, or when their own days are over."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from shared.clock import Clock
from shared.errors import BadInput
from shared.evidence.manifest import MANIFEST
from shared.evidence.zip_files import ZIP_FAULTS, OpenedZip, ZipFiles
from shared.log import get_logger
from shared.messages.storage import ExportProgress, ExportStatus
from storage.exports.lifetime import package_due_ns
from storage.exports.place import ENCRYPTED, PLAIN, destroy_package
from storage.exports.safe import KEY, PackageSafe
from storage.exports.stamps import ASKED, TOKEN
from storage.index.exports import ExportRows, Package
from storage.model.deadline import DAY_NS, MAX_DAYS
from storage.model.export_part import ExportPart
from storage.model.instants import ns_from_text
from storage.objects.sealing.faults import KeyAway, SealBroken

_MAX_MANIFEST = 64 << 20
_BESIDE = (ASKED, TOKEN, KEY)
_OURS = (".part", PLAIN, ENCRYPTED, *_BESIDE)
_WITHOUT_PACKAGE = (ExportStatus.FAILED, ExportStatus.DESTROYED, ExportStatus.CANCELLED)


class PackageSweep:
    """Called by each run of retention that may destroy, so that what keeps footage keeps packages too."""

    def __init__(
        self,
        rows: ExportRows,
        clock: Clock,
        *,
        folder: Path,
        keep_days: int,
        is_making: Callable[[str], bool],
        safe: PackageSafe,
    ) -> None:
        self._safe = safe
        self._rows = rows
        self._clock = clock
        self._folder = folder
        self._keep_ns = keep_days * DAY_NS
        self._is_making = is_making
        self._log = get_logger("storage")

    async def overdue_ns(self, now_ns: int) -> int:
        """How long before `now_ns` the oldest package should have been destroyed, 0 for none.

        Of packages that a row names: one without any is destroyed by the run that finds it.
        """
        dues = [self._due_ns(package) for package in await self._rows.packages()]
        return max(0, now_ns - min(dues, default=now_ns))

    async def sweep_once(self) -> int:
        """Destroy what is due: the file first goes, then the row says so. How many. Raises OSError."""
        now_ns, destroyed = self._clock.utc_ns(), 0
        for package in await self._rows.packages():
            row = package.row
            if self._due_ns(package) > now_ns:
                continue
            await destroy_package(self._folder, row.order)
            gone = ExportProgress(row.order.id, ExportStatus.DESTROYED, 1.0, coverage=row.progress.coverage)
            await self._rows.update(gone, row.finished_ns)
            self._log.info("export-destroyed", export=row.order.id)
            destroyed += 1
        return destroyed + await self._strays(now_ns)

    def _due_ns(self, package: Package) -> int:
        return package_due_ns(package.row.finished_ns + self._keep_ns, package.parts, package.holds)

    async def _strays(self, now_ns: int) -> int:
        """Destroy files that no finished export needs: halves of packages, and packages without a row."""
        destroyed = 0
        for path in await asyncio.to_thread(lambda: sorted(self._folder.glob("*.*"))):
            if path.suffix in _OURS and await self._is_due(path, now_ns):
                if path.suffix == PLAIN:
                    await asyncio.to_thread(path.with_suffix(KEY).unlink, missing_ok=True)
                await asyncio.to_thread(path.unlink, missing_ok=True)
                self._log.warning("stray-package-destroyed", file=path.name)
                destroyed += 1
        return destroyed

    async def _is_due(self, path: Path, now_ns: int) -> bool:
        id = path.name.partition(".")[0]
        if path.suffix == ".part" or self._is_making(id):
            return not self._is_making(id)
        if path.suffix in _BESIDE:
            return not any(path.with_suffix(one).exists() for one in (PLAIN, ENCRYPTED))
        row = await self._rows.get(id)
        if row is not None:
            return row.progress.status in _WITHOUT_PACKAGE
        # Its row was lost with an index: what it holds bounds its life all the same.
        told = await asyncio.to_thread(self._parts_told, path)
        if told is None:
            return True
        parts, holds = await self._rows.of_stray(told)
        own_ns = path.stat().st_mtime_ns + self._keep_ns
        return package_due_ns(own_ns, parts, holds) <= now_ns

    def _parts_told(self, path: Path) -> list[ExportPart] | None:
        """What a package's manifest says is in it, None where it cannot be read. Raises OSError. Blocking."""
        try:
            with OpenedZip(self._safe.opened(path)) as file:
                manifest = json.loads(ZipFiles(file).read(MANIFEST, _MAX_MANIFEST))
            found = [(camera["stream"], one) for camera in manifest["cameras"] for one in camera["present"]]
            return [
                ExportPart(
                    str(stream),
                    ns_from_text(one["start"], "start"),
                    ns_from_text(one["start"], "start"),
                    ns_from_text(one["end"], "end"),
                    MAX_DAYS,
                )
                for stream, one in found
            ]
        except KeyAway:
            # Nothing is known of it until the key is back: its own days bound it.
            return []
        except (*ZIP_FAULTS, SealBroken, FileNotFoundError, BadInput, TypeError, RecursionError):
            return None
