"""`python -m storage.openapi` prints the OpenAPI document; needs no settings, database or connection."""

from typing import TypeVar

from shared.clock import SystemClock
from shared.evidence.signature import EvidencePublicKey
from shared.leases import Leases
from shared.openapi import Members, print_document
from shared.tickets import TicketVerifier
from storage.exports.jobs import ExportJobs
from storage.exports.preflight import Preflight
from storage.exports.receipts import Receipts
from storage.fetching.compose import Fetching
from storage.fetching.edges import Edges
from storage.fetching.receiving import Receiving
from storage.http.compose import compose_app
from storage.http.document import document
from storage.lifecycle.clock_keeper import ClockKeeper
from storage.lifecycle.holds import Holds
from storage.lifecycle.proofs import Proofs
from storage.metrics import ReadMetrics
from storage.playback.catalogue import Catalogue
from storage.playback.thumbnails import Thumbnails
from storage.recording.publishers import KnownPublishers

Part = TypeVar("Part")


def described() -> Members:
    """The document of the application; nobody answers behind its routes."""
    app = compose_app(
        _nobody(TicketVerifier),
        _nobody(Leases),
        _nobody(KnownPublishers),
        _nobody(Catalogue),
        None,
        _nobody(Thumbnails),
        jobs=_nobody(ExportJobs),
        preflight=_nobody(Preflight),
        receipts=_nobody(Receipts),
        holds=_nobody(Holds),
        fetching=Fetching(_nobody(Edges), _nobody(Receiving), lambda commune: False),
        keeper=_nobody(ClockKeeper),
        proofs=_nobody(Proofs),
        evidence=_nobody(EvidencePublicKey),
        clock=SystemClock(),
        metrics=_nobody(ReadMetrics),
        origins="",
    )
    return document(app)


def _nobody(kind: type[Part]) -> Part:
    return kind.__new__(kind)


if __name__ == "__main__":
    print_document(described())
