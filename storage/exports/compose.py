"""Puts exports together: what makes packages, and what destroys them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import httpx

from shared.clock import Clock
from shared.service import Service
from storage.exports.documents import Seals
from storage.exports.jobs import ExportJobs
from storage.exports.packages import Packages
from storage.exports.preflight import Preflight
from storage.exports.receipts import Receipts
from storage.exports.safe import PackageSafe
from storage.exports.stamps import Stamps
from storage.exports.sweep import PackageSweep
from storage.index.exports import ExportRows
from storage.lifecycle.archive import Archive
from storage.lifecycle.compose import Runs
from storage.metrics import ReadMetrics
from storage.objects.sealing.data_keys import DataKeys
from storage.playback.catalogue import Catalogue
from storage.settings import StorageSettings
from storage.sharing.claims import ExportClaims


@dataclass(frozen=True, slots=True)
class Exports:
    """The jobs, what is asked before and signed after one, and the sweep that each run of retention calls."""

    jobs: ExportJobs
    preflight: Preflight
    receipts: Receipts
    sweep: PackageSweep
    stamps: Stamps

    def run_in(self, service: Service, led: Runs | None = None) -> None:
        """`led` runs what only one process may do, where several share the index."""
        service.on_stop(self.jobs.close)
        (led or service).supervise("stamps", self.stamps.run)
        if led is not None:
            led.supervise("export-holds", self.jobs.keep_holds)
        service.supervise("exports", self.jobs.run)


def compose_exports(
    settings: StorageSettings,
    archive: Archive,
    catalogue: Catalogue,
    seals: Seals,
    clock: Clock,
    metrics: ReadMetrics,
    is_recovering: Callable[[], bool],
    client: httpx.AsyncClient,
    keys: DataKeys | None,
    claims: ExportClaims | None = None,
) -> Exports:
    """`client` asks the time-stamping authority, packages are kept sealed where there are `keys`, `claims`
    are asked where other processes make exports too.

    `is_recovering` tells whether what was left in the spool is not in the index yet.
    """
    rows, safe = ExportRows(archive.database), PackageSafe(keys)
    stamps = Stamps(settings.tsa_url, settings.exports, client, clock)
    packages = Packages(rows, safe, clock, settings.exports)
    jobs = ExportJobs(
        rows,
        archive.holds,
        catalogue,
        seals,
        clock,
        metrics,
        packages=packages,
        version=version("beffroi"),
        at_once=settings.exports_at_once,
        is_recovering=is_recovering,
        stamps=stamps,
        proofs=archive.proofs,
        claims=claims,
    )
    elsewhere = (lambda _: False) if claims is None else claims.elsewhere
    sweep = PackageSweep(
        rows,
        clock,
        folder=settings.exports,
        keep_days=settings.export_days,
        is_making=lambda id: jobs.is_making(id) or elsewhere(id),
        safe=safe,
    )
    preflight = compose_preflight(archive, catalogue, clock)
    return Exports(jobs, preflight, Receipts(jobs, seals.evidence), sweep, stamps)


def compose_preflight(archive: Archive, catalogue: Catalogue, clock: Clock) -> Preflight:
    """What tells what an export would have."""
    return Preflight(catalogue, archive.rows, archive.shown, archive.places, archive.holds, clock)
