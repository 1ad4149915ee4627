"""What mux tells of its load and its viewers is what control_room reads."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI

from control_room.access.service_tickets import ServiceTickets
from control_room.live.mux_client import MuxClient
from control_room.model.names import Names
from control_room.model.people import Principal
from mux.sdp.offer import Offer
from mux.sessions.admission import Admitted
from mux.sessions.page_counts import PageCounts
from mux.whep.wall_http import install_walls
from mux.whep.walls import Wish
from shared.clock import SystemClock
from shared.messages.live import MuxLoad, NamedViewer, NamedViewers, Stale, TileStatistics, ViewerStatistics
from shared.tickets import Ticket, TicketSigner, TicketVerifier

TILE = TileStatistics(
    mid="0",
    camera="59350/cam-1",
    kind="sub",
    codec="h264",
    transcoded=True,
    bitrate_kbps=180.5,
    loss=0.01,
    stale=Stale.LINK,
    reason="12 % of the packets are lost on their way",
    first_packet_ms=31,
    first_frame_ms=90,
    freezes=2,
    freeze_ms=400,
    dropped=3,
)
VIEWER = NamedViewer(
    rtt_ms=21.5,
    jitter_ms=2.0,
    loss=0.01,
    bitrate_kbps=180.5,
    available_kbps=None,
    delay_ms=(0, 100),
    tiles=(TILE,),
    id="v-1",
    session="s-1",
    subject="p-1",
    wall=True,
)
LOAD = MuxLoad(viewers=1, most_viewers=500, sessions=1, tiles=4)


class Busy:
    """A mux with one viewer."""

    def load(self) -> MuxLoad:
        return LOAD

    def everybody(self) -> NamedViewers:
        return NamedViewers((VIEWER,))

    def arrange(self, id: str, ticket: Ticket | None, wishes: Sequence[Wish]) -> ViewerStatistics:
        raise NotImplementedError

    def reported(self, id: str, counts: dict[str, PageCounts]) -> ViewerStatistics:
        raise NotImplementedError


def admit(_ticket: Ticket, _offer: Offer) -> Admitted:
    raise NotImplementedError


@pytest.fixture
async def client() -> AsyncIterator[MuxClient]:
    """control_room's client at the HTTP of a mux."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    app = FastAPI()
    install_walls(app, admit, Busy(), TicketVerifier.from_pem(public, SystemClock()))
    tickets = ServiceTickets(TicketSigner(key), SystemClock(), Names())
    made = MuxClient(tickets, httpx.ASGITransport(app))
    yield made
    await made.close()


async def test_the_load_of_a_mux_is_read(client: MuxClient) -> None:
    assert await client.load("http://mux.test") == LOAD


async def test_the_viewers_of_a_mux_are_read_with_each_tile(client: MuxClient) -> None:
    assert await client.viewers("http://mux.test", Principal("p-admin", "s-admin")) == (VIEWER,)
