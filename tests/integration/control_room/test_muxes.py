"""Following real muxes over HTTP: one that dies, one that hangs, one that comes back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from control_room.access.service_tickets import ServiceTickets
from control_room.live.mux_client import MuxClient, MuxLate, MuxUntold
from control_room.live.muxes import Muxes, MuxPlace
from control_room.live.placement import MuxHealth
from control_room.model.names import Names
from control_room.model.people import Principal
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.log import get_logger
from shared.tickets import Action, TicketSigner, TicketVerifier
from tests.support.eventually import eventually
from tests.support.ports import free_port

KEY = Ed25519PrivateKey.generate()


class SmallMux:
    """An HTTP server that answers as a mux does, or takes a request and says nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.stuck = False
        self.status = 200
        self.bodies: dict[str, object] = {"/load": {"viewers": 3, "most_viewers": 500, "sessions": 2}}
        self.authorization = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def die(self) -> None:
        """As a killed process does: the socket closes, and so does every connection."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                fields = dict(line.partition(": ")[::2] for line in head[1:])
                self.authorization = fields.get("authorization", "")
                if self.stuck:
                    continue
                body = json.dumps(self.bodies.get(head[0].split(" ")[1], {})).encode()
                status = f"HTTP/1.1 {self.status} x\r\ncontent-length: {len(body)}\r\n\r\n"
                writer.write(status.encode() + body)
                await writer.drain()


@asynccontextmanager
async def following(*served: SmallMux) -> AsyncIterator[tuple[Muxes, MuxClient]]:
    """Muxes that are asked each second."""
    client = MuxClient(ServiceTickets(TicketSigner(KEY), SystemClock(), Names()))
    muxes = Muxes([MuxPlace(one.url, one.url) for one in served], client, get_logger("test"))
    for one in served:
        await one.start()
    await muxes.look()
    task = asyncio.create_task(muxes.run())
    try:
        yield muxes, client
    finally:
        task.cancel()
        await asyncio.wait([task])
        await client.close()
        for one in served:
            await one.die()


async def test_a_dead_mux_gets_no_viewer_any_more_and_a_new_process_does_again() -> None:
    first, second = SmallMux(), SmallMux()
    second.bodies["/load"] = {"viewers": 400, "most_viewers": 500, "sessions": 1}
    async with following(first, second) as (muxes, _):
        assert muxes.place() == first.url
        await first.die()
        await eventually(lambda: muxes.statuses[0].health is MuxHealth.DEAD, within_s=5)
        assert muxes.place() == second.url
        await first.start()
        await eventually(lambda: muxes.statuses[0].health is MuxHealth.LIVING, within_s=10)
        assert muxes.place() == first.url


async def test_a_mux_that_hangs_gets_no_viewer_any_more() -> None:
    first, second = SmallMux(), SmallMux()
    second.bodies["/load"] = {"viewers": 400, "most_viewers": 500, "sessions": 1}
    async with following(first, second) as (muxes, _):
        first.stuck = True
        await eventually(lambda: muxes.statuses[0].health is not MuxHealth.LIVING, within_s=5)
        assert muxes.place() == second.url


async def test_the_ways_a_mux_can_fail_are_told_apart() -> None:
    mux = SmallMux()
    client = MuxClient(ServiceTickets(TicketSigner(KEY), SystemClock(), Names()))
    with pytest.raises(Unavailable, match="cannot be reached"):
        await client.load(mux.url)
    await mux.start()
    mux.bodies["/load"] = {"viewers": -1, "most_viewers": 500}
    with pytest.raises(Unavailable, match="cannot be read: MuxLoad: viewers"):
        await client.load(mux.url)
    mux.status = 404
    with pytest.raises(MuxUntold):
        await client.load(mux.url)
    mux.status = 500
    with pytest.raises(Unavailable, match="answers 500"):
        await client.load(mux.url)
    mux.stuck = True
    with pytest.raises(MuxLate, match=r"within 0\.5 s"):
        await client.load(mux.url)
    await client.close()
    await mux.die()


async def test_the_viewers_of_a_mux_are_asked_for_with_a_ticket() -> None:
    mux = SmallMux()
    standing = {"rtt_ms": 12, "tiles": [{"mid": "0", "camera": "59350/cam-1"}]}
    mux.bodies["/viewers"] = {"viewers": [{"id": "v", "session": "s", "subject": "p-2", **standing}]}
    await mux.start()
    client = MuxClient(ServiceTickets(TicketSigner(KEY), SystemClock(), Names()))
    told = await client.viewers(mux.url, Principal("p-1", "s-1"))
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    token = mux.authorization.removeprefix("Bearer ")
    ticket = TicketVerifier.from_pem(public, SystemClock()).verify(token, Action.STATUS, "viewers")
    assert (ticket.subject, told[0].tiles[0].camera_id) == ("p-1", "cam-1")
    await client.close()
    await mux.die()
