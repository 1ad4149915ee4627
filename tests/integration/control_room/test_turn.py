"""TURN credentials as control_room gives them, at a real TURN server (coturn)."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import create_turn_endpoint

from control_room.live.ice import TURN_S, IceServers
from shared.clock import Clock, SimulatedClock, SystemClock
from tests.support.eventually import eventually
from tests.support.programs import needs
from tests.support.turn import SECRET, coturn

pytestmark = [needs("turnserver"), pytest.mark.timeout(60)]


class Echo(asyncio.DatagramProtocol):
    """Sends back what comes, in capitals."""

    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own is of no such class, whatever its annotations say.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.transport.sendto(data.upper(), address)


class Heard(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.lost = False

    def datagram_received(self, data: bytes, _address: tuple[str, int]) -> None:
        self.data.append(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True


def credentials(port: int, clock: Clock, secret: str = SECRET) -> tuple[str, str]:
    (server,) = IceServers([], [f"turn:127.0.0.1:{port}"], secret, clock).of("p-1")
    return server.username, server.credential


async def test_a_ticket_s_credentials_open_a_relay_that_carries_packets(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with coturn(tmp_path) as port:
        echo, _ = await loop.create_datagram_endpoint(Echo, ("127.0.0.1", 0))
        username, password = credentials(port, SystemClock())
        relay, heard = await create_turn_endpoint(Heard, ("127.0.0.1", port), username, password)
        relay.sendto(b"picture", echo.get_extra_info("sockname"))
        await eventually(lambda: heard.data == [b"PICTURE"], what="the echo through the relay")
        echo.close()
        relay.close()
        # The server has to be there for it: the allocation is given back first.
        await eventually(lambda: heard.lost, what="the relay given back")


@pytest.mark.parametrize("wrong", ["secret", "time"])
async def test_credentials_of_another_secret_or_from_too_long_ago_open_nothing(
    tmp_path: Path, wrong: str
) -> None:
    early = SimulatedClock(SystemClock().utc_ns() - (TURN_S + 60) * 10**9)
    async with coturn(tmp_path) as port:
        clock: Clock = early if wrong == "time" else SystemClock()
        username, password = credentials(port, clock, "another" if wrong == "secret" else SECRET)
        with pytest.raises(TransactionFailed, match="401"):
            await create_turn_endpoint(Heard, ("127.0.0.1", port), username, password)
