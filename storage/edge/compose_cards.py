"""Puts cameras' cards together as a second source of an edge, where its settings name a worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.service import Service
from storage.edge.authorised import Authorised
from storage.edge.card_client import CardClient
from storage.edge.card_source import CardSource
from storage.edge.card_writer import CardWriter
from storage.edge.source import FootageSource
from storage.metrics import CardMetrics, RecorderMetrics
from storage.objects.disk import Disk
from storage.settings import EdgeSettings

_LEAST_SECRET = 32
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class EdgeCards:
    """The source, and who has to learn of each set of policies."""

    source: CardSource
    authorised: Authorised


def compose_cards(
    service: Service,
    settings: EdgeSettings,
    beside: FootageSource,
    streams: Callable[[], Sequence[StreamId]],
    disk: Disk,
    clock: Clock,
) -> EdgeCards | None:
    """None where no worker is named. Its folder is there. Raises BadInput, OSError."""
    if not settings.card_url:
        return None
    secret = "" if settings.card_secret is None else settings.card_secret.get_secret_value()
    if len(secret) < _LEAST_SECRET or not secret.isascii():
        raise BadInput(f"BEFFROI_CARD_SECRET has to be {_LEAST_SECRET} ASCII characters or more")
    client = httpx.AsyncClient(
        base_url=settings.card_url.rstrip("/"),
        headers={"authorization": f"Bearer {secret}"},
        follow_redirects=False,
        # No proxy: what it names is beside this process.
        trust_env=False,
    )
    service.on_stop(client.aclose)
    writer = CardWriter(
        settings.cards, disk, clock, RecorderMetrics(), reserve_bytes=settings.disk_reserve_mb * _MB
    )
    writer.start()
    service.on_stop(writer.close)
    authorised = Authorised(settings.folder / "authorised.json", clock)
    source = CardSource(CardClient(client), writer, authorised, beside, streams, clock, CardMetrics())
    service.supervise("cards", source.run)
    service.check("cards", source.health)
    return EdgeCards(source, authorised)
