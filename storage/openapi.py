"""`python -m storage.openapi` prints the OpenAPI document; needs no settings, database or connection."""

from typing import TypeVar

from shared.clock import SystemClock
from shared.leases import Leases
from shared.openapi import Members, print_document
from storage.api import build_app
from storage.api_clock import clock_routes
from storage.api_exports import export_routes
from storage.api_lease import lease_routes
from storage.api_playback import playback_routes
from storage.catalogue import Catalogue
from storage.clock_keeper import ClockKeeper
from storage.document import document
from storage.exports.evidence import EvidencePublicKey
from storage.exports.jobs import ExportJobs
from storage.gate import Gate
from storage.holds import Holds
from storage.metrics import ReadMetrics

Part = TypeVar("Part")


def described() -> Members:
    """The document of the application; nobody answers behind its routes."""
    gate, catalogue, clock = _nobody(Gate), _nobody(Catalogue), SystemClock()
    jobs, holds, key = _nobody(ExportJobs), _nobody(Holds), _nobody(EvidencePublicKey)
    routers = [
        playback_routes(catalogue, gate, clock, _nobody(ReadMetrics)),
        export_routes(jobs, holds, catalogue, clock, gate, key),
        clock_routes(_nobody(ClockKeeper), gate),
        lease_routes(_nobody(Leases), _kept),
    ]
    return document(build_app(routers, ""))


async def _kept() -> None:
    """Nothing keeps what nobody tells."""


def _nobody(kind: type[Part]) -> Part:
    return kind.__new__(kind)


if __name__ == "__main__":
    print_document(described())
