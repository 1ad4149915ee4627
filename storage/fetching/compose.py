"""Puts together what fetches footage from edges."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.clock import Clock
from shared.service import Service
from storage.fetching.edges import Edges
from storage.fetching.looking import Looking
from storage.fetching.parts import Parts
from storage.fetching.receiving import Centre, Receiving
from storage.lifecycle.archive import Archive
from storage.metrics import FetchMetrics
from storage.playback.catalogue import Catalogue
from storage.recording.compose import WritingHalf

_SPARE_BYTES = 256 << 20
"""What uploads leave free beside the reserve: recording goes first."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """What edges have, and what they send. `may_bring` tells whose edges are heard."""

    edges: Edges
    receiving: Receiving
    may_bring: Callable[[str], bool]

    def run_in(self, service: Service) -> None:
        service.supervise("edge-uploads", self.receiving.run)


def compose_fetching(
    archive: Archive,
    recording: WritingHalf,
    catalogue: Catalogue,
    clock: Clock,
    may_bring: Callable[[str], bool],
    away: Callable[[], str | None],
    reserve_bytes: int,
) -> Fetching:
    """`away` says why the object store takes nothing: what edges would send is kept best where it is."""
    metrics, spool = FetchMetrics(), archive.places.spool
    parts = Parts(spool.folder, spool.disk)

    async def known(key: str) -> bool:
        return spool.size(key) is not None or await archive.rows.get(key) is not None

    def refused(size: int) -> str | None:
        reason = recording.finisher.health() or away()
        if reason is None and parts.free_bytes() < size + reserve_bytes + _SPARE_BYTES:
            return "the disk of the spool is full"
        return reason

    centre = Centre(known, archive.shown.may_have, recording.finisher.enqueue, refused)
    return Fetching(
        Edges(Looking(catalogue, archive.shown, clock), clock, metrics),
        Receiving(parts, centre, clock, metrics),
        may_bring,
    )
