"""WHEP over ASGI, in memory."""

import time
from collections.abc import Sequence

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mux.sdp.offer import MAX_OFFER_BYTES, IceUser, Offer
from mux.sessions.admission import Admitted
from mux.sessions.page_counts import PageCounts
from mux.whep.routes import make_app
from mux.whep.walls import Renewed, Wish
from shared.clock import SystemClock
from shared.errors import NotFound
from shared.ids import StreamId
from shared.messages.live import MuxLoad, NamedViewers, Stale, TileStatistics, ViewerStatistics
from shared.tickets import Action, Ticket, TicketSigner, TicketVerifier
from tests.support.light_sdp import offer

KEY = Ed25519PrivateKey.generate()
SIGNER = TicketSigner(KEY)
STREAM = StreamId("59350", "cam-1")
ORIGIN = "https://csu.example.fr"
OFFER = offer("AB:CD")
STATISTICS = ViewerStatistics(
    rtt_ms=12.5,
    jitter_ms=3.0,
    loss=0.01,
    bitrate_kbps=2000.0,
    tiles=(
        TileStatistics(
            "0", "59350/cam-1", "main", "h264", False, 2000.0, 0.01, Stale.CAMERA, "no pictures", None
        ),
    ),
)


class Admitting:
    """A registry that lets everybody in."""

    def __init__(self) -> None:
        self.admitted: list[tuple[Ticket, StreamId]] = []
        self.walls: list[tuple[Ticket, Offer]] = []
        self.renewed: list[tuple[IceUser | None, str | None]] = []
        self.leases: list[str] = []
        self.wishes: list[Wish] = []
        self.counts: dict[str, PageCounts] = {}

    def admit(self, ticket: Ticket, stream: StreamId, offer: Offer) -> Admitted:
        self.admitted.append((ticket, stream))
        return Admitted("s-1", "v=0\r\n", '"ice-1"')

    def admit_wall(self, ticket: Ticket, offer: Offer) -> Admitted:
        self.walls.append((ticket, offer))
        return Admitted("s-1", "v=0\r\n", '"ice-1"')

    def renew(self, id: str, remote: IceUser | None, if_match: str | None) -> Renewed:
        self.renewed.append((remote, if_match))
        return Renewed('"ice-2"', None if remote is None else "a=ice-lite\r\n")

    def arrange(self, id: str, ticket: Ticket | None, wishes: Sequence[Wish]) -> ViewerStatistics:
        self.wishes.extend(wishes)
        return STATISTICS

    def reported(self, id: str, counts: dict[str, PageCounts]) -> ViewerStatistics:
        if id != "s-1":
            raise NotFound("this WHEP session has ended: revoked", "revoked")
        self.counts.update(counts)
        return STATISTICS

    def load(self) -> MuxLoad:
        return MuxLoad(1, 2, 3, 4)

    def everybody(self) -> NamedViewers:
        return NamedViewers(())

    def take_lease(self, token: str) -> None:
        self.leases.append(token)

    def leave(self, id: str) -> None:
        if id != "s-1":
            raise NotFound("no such WHEP session")


def token(
    *,
    stream: StreamId = STREAM,
    action: Action = Action.LIVE,
    valid_s: int = 3600,
    signer: TicketSigner = SIGNER,
) -> str:
    return signer.sign(Ticket("t", "p", "session-1", action, str(stream), int(time.time()) + valid_s))


async def ask(
    registry: Admitting | None = None,
    *,
    path: str = f"/whep/{STREAM}",
    body: bytes | str = OFFER,
    method: str = "POST",
    ticket: str | None = None,
    **headers: str,
) -> httpx.Response:
    asked = registry or Admitting()
    app = make_app(asked, asked, TicketVerifier(KEY.public_key(), SystemClock()), [ORIGIN])
    sent = {"content-type": "application/sdp"}
    if ticket is not None:
        sent["authorization"] = f"Bearer {ticket}"
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mux") as client:
        return await client.request(method, path, content=body, headers=sent)


async def test_a_good_offer_with_a_good_ticket_is_answered() -> None:
    registry = Admitting()
    answer = await ask(registry, ticket=token())
    assert answer.status_code == 201
    assert answer.headers["location"] == "/whep/sessions/s-1"
    assert answer.headers["content-type"].startswith("application/sdp")
    assert registry.admitted[0][0].session == "session-1"


@pytest.mark.parametrize(
    ("ticket", "status", "said"),
    [
        (None, 401, "a ticket is needed"),
        ("nonsense", 403, "malformed"),
        (token(valid_s=-1), 403, "expired"),
        (token(action=Action.PLAYBACK), 403, "for playback, not for live"),
        (token(stream=StreamId("59350", "cam-2")), 403, "something else"),
        (token(signer=TicketSigner(Ed25519PrivateKey.generate())), 403, "forged"),
    ],
    ids=["none", "malformed", "expired", "other action", "swapped", "forged"],
)
async def test_a_bad_ticket_is_refused_with_the_reason(ticket: str | None, status: int, said: str) -> None:
    registry = Admitting()
    answer = await ask(registry, ticket=ticket)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert registry.admitted == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("hello", 400, "no SDP"),
        (b"\xff\xfe", 400, "UTF-8"),
        (offer("AB:CD", codec="VP9"), 415, "only VP9"),
        ("v=0\r\n" + "a" * MAX_OFFER_BYTES, 413, "longer than"),
    ],
    ids=["no SDP", "no text", "no H.264", "too long"],
)
async def test_a_bad_offer_is_refused_with_the_reason(body: bytes | str, status: int, said: str) -> None:
    answer = await ask(body=body, ticket=token())
    assert answer.status_code == status
    assert said in answer.json()["detail"]


async def test_another_content_type_is_refused() -> None:
    answer = await ask(ticket=token(), content_type="application/json")
    assert answer.status_code == 415
    assert "application/sdp" in answer.json()["detail"]


async def test_a_stream_that_is_none_is_refused() -> None:
    answer = await ask(path="/whep/59350/cam-1/middle", ticket=token())
    assert answer.status_code == 400


async def test_a_session_is_ended_once() -> None:
    assert (await ask(path="/whep/sessions/s-1", method="DELETE")).status_code == 200
    assert (await ask(path="/whep/sessions/s-2", method="DELETE")).status_code == 404


async def test_pages_of_an_allowed_origin_may_ask_and_see_the_location() -> None:
    answer = await ask(
        method="OPTIONS",
        origin=ORIGIN,
        access_control_request_method="POST",
        access_control_request_headers="authorization,content-type",
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    granted = await ask(ticket=token(), origin=ORIGIN)
    assert "Location" in granted.headers["access-control-expose-headers"]


async def test_pages_of_another_origin_may_not() -> None:
    answer = await ask(ticket=token(), origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in answer.headers
