"""A camera's card behind its commune's worker: what nobody recorded comes to the centre by the edge."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest.addresses import AddressRules
from ingest.onvif.card_choice import CardChoice
from ingest.onvif.cards import Cards
from ingest.onvif.http import CardDoor
from ingest.onvif.replay import Replayer
from ingest.ports import CameraAddress
from shared.asgi import serve_asgi
from shared.clock import SystemClock
from shared.messages.codec import encode
from shared.service import Service
from storage.edge.authorised import Authorisation, Authorisations
from storage.fetching.parts import opened
from storage.fmp4.reader import read_layout
from tests.integration.storage.edge import edge_of, rows
from tests.integration.storage.harness import storage
from tests.integration.storage.test_edge import whole
from tests.support.eventually import eventually
from tests.support.onvif_card import OnvifCard
from tests.support.onvif_soap import Section
from tests.support.pictures import STREAM

pytestmark = pytest.mark.slow

S = 1_000_000_000
SECRET = "a secret of the worker and the edge"


@asynccontextmanager
async def worker(start_ns: int, seconds: int) -> AsyncIterator[tuple[int, OnvifCard]]:
    """The port on which a worker offers a card that was filled from `start_ns` on."""
    clock, rules = SystemClock(), AddressRules(allow_loopback=True)
    async with OnvifCard(clock, [Section(start_ns, seconds)], username="viewer", password="p w") as card:
        addresses = {STREAM: CameraAddress(card.url, "viewer", "p w")}
        choice = CardChoice.read(f"*={card.http_port}")
        cards = Cards(choice, lambda: addresses, rules, Replayer(rules, clock), clock, sought=lambda _: False)
        service = Service("cards", status_port=0)
        port = await serve_asgi(service, CardDoor(cards, SECRET), "127.0.0.1", 0)
        try:
            yield port, card
        finally:
            service.stopping.set()
            await service._close()


async def test_footage_of_a_card_comes_to_the_centre_whole_and_says_where_it_is_from(tmp_path: Path) -> None:
    start_ns = (time.time_ns() - 700 * S) // (60 * S) * 60 * S
    async with worker(start_ns, 120) as (port, card), storage(tmp_path) as system:
        settings = {"BEFFROI_CARD_URL": f"http://127.0.0.1:{port}", "BEFFROI_CARD_SECRET": SECRET}
        async with edge_of(system, tmp_path / "commune", settings) as edge:
            # The edge was there, and recorded, before: it was off while the card was filled.
            kept = edge.kept / "authorised.json"
            await eventually(kept.exists, within_s=20, what="the edge's policies")
            await edge.end(signal.SIGTERM)
            policy = system.room.policies[0]
            before = Authorisation(str(STREAM), policy.name, policy.days, start_ns - 60 * S)
            kept.write_bytes(encode(Authorisations((before,))))
            await edge.start()
            await whole(system, start_ns, start_ns + 119 * S, within_s=60)
            objects = system.folder / "var" / "objects"
            found = rows(system.folder / "var" / "storage.db", "stored")

            def stored() -> bool:
                found.update(rows(system.folder / "var" / "storage.db", "stored"))
                return len(found) == 2

            await eventually(stored, within_s=20, what="two minutes in the object store")
            for key in found:
                with opened(objects / key) as (read_at, size):
                    layout = read_layout(read_at, size)
                assert layout.identity.wall_source == "card"
                assert layout.identity.card is not None
                assert layout.identity.days == policy.days
            assert list((edge.kept / "cards").iterdir()) == []
            # Each minute was replayed once, and its pictures are those of the card.
            assert len(card.seen.plays) == 2
