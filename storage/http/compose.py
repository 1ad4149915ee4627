"""Puts storage's HTTP together: every route behind one guard of tickets."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from shared.clock import Clock
from shared.evidence.signature import EvidencePublicKey
from shared.leases import Leases
from shared.tickets import TicketVerifier
from storage.exports.jobs import ExportJobs
from storage.exports.preflight import Preflight
from storage.exports.receipts import Receipts
from storage.fetching.compose import Fetching
from storage.http.app import build_app
from storage.http.calendar import calendar_routes
from storage.http.clock import clock_routes
from storage.http.desk import desk_routes
from storage.http.edges import edge_routes
from storage.http.exports import export_routes
from storage.http.following import following_routes
from storage.http.hls import hls_routes
from storage.http.lease import lease_routes
from storage.http.playback import playback_routes
from storage.http.proofs import proof_routes
from storage.http.thumbnails import thumbnail_routes
from storage.http.ticket_guard import TicketGuard
from storage.lifecycle.clock_keeper import ClockKeeper
from storage.lifecycle.holds import Holds
from storage.lifecycle.proofs import Proofs
from storage.metrics import ReadMetrics
from storage.playback.catalogue import Catalogue
from storage.playback.following import Followings
from storage.playback.thumbnails import Thumbnails
from storage.playback.transcoding import Transcodings
from storage.recording.publishers import KnownPublishers


def compose_app(
    verifier: TicketVerifier,
    leases: Leases,
    publishers: KnownPublishers,
    catalogue: Catalogue,
    transcodings: Transcodings | None,
    thumbnails: Thumbnails,
    *,
    jobs: ExportJobs,
    preflight: Preflight,
    receipts: Receipts,
    holds: Holds,
    fetching: Fetching,
    keeper: ClockKeeper,
    proofs: Proofs,
    evidence: EvidencePublicKey,
    clock: Clock,
    metrics: ReadMetrics,
    origins: str,
    passed_on: Callable[[str], Awaitable[None]] | None = None,
) -> FastAPI:
    """The app; without `transcodings` what a browser cannot play is refused. `passed_on` gives each lease to
    other processes."""
    guard = TicketGuard(verifier, leases)

    async def kept(token: str) -> None:
        await publishers.keep()
        if passed_on is not None:
            await passed_on(token)

    return build_app(
        [
            playback_routes(catalogue, guard, clock, metrics, transcodings, fetching.edges),
            following_routes(Followings(), catalogue, guard),
            thumbnail_routes(thumbnails, guard),
            hls_routes(catalogue, guard, metrics),
            calendar_routes(catalogue, guard),
            export_routes(jobs, holds, catalogue, clock, guard, evidence, fetching.edges.wish),
            desk_routes(jobs, preflight, receipts, guard, fetching.edges.wish),
            edge_routes(fetching, guard),
            clock_routes(keeper, guard),
            proof_routes(proofs, guard),
            lease_routes(leases, kept),
        ],
        origins,
    )
