"""`python -m storage.openapi` prints the OpenAPI document; needs no settings, database or connection."""

from typing import TypeVar

from shared.clock import SystemClock
from shared.evidence.signature import EvidencePublicKey
from shared.leases import Leases
from shared.openapi import Members, print_document
from storage.exports.jobs import ExportJobs
from storage.http.app import build_app
from storage.http.clock import clock_routes
from storage.http.document import document
from storage.http.exports import export_routes
from storage.http.gate import Gate
from storage.http.lease import lease_routes
from storage.http.playback import playback_routes
from storage.lifecycle.clock_keeper import ClockKeeper
from storage.lifecycle.holds import Holds
from storage.metrics import ReadMetrics
from storage.playback.catalogue import Catalogue

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
