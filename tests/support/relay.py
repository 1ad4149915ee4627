"""A bad network on one machine: a UDP relay that loses, delays, reorders and holds back, as its links say.

Each party that sends to the relay's port gets a socket of its own towards the server, as behind a home
router, so that the server tells them apart; `rebind` gives one a new socket, as a change of network does.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import cast

Address = tuple[str, int]
_UDP_IP_BYTES = 28


@dataclass(frozen=True, slots=True)
class Link:
    """One direction of a path. A rate of 0 is no limit; what `queue_bytes` cannot hold is lost."""

    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Up to so much is added to the delay of each datagram; their order is kept."""
    reordered: float = 0.0
    """This share of datagrams comes 10 ms late, overtaken by those behind it."""
    rate_bps: int = 0
    queue_bytes: int = 256_000


@dataclass(slots=True)
class Passed:
    """What a direction has done so far, in datagrams."""

    sent: int = 0
    lost: int = 0
    overflowed: int = 0
    reordered: int = 0


_OVERTAKEN_S = 0.010
_TICK_S = 1e-6
_BUFFER_BYTES = 4 << 20


def _roomy(transport: asyncio.BaseTransport) -> None:
    """What a busy machine lets wait in the relay's own sockets must not be lost by them."""
    made = transport.get_extra_info("socket")
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        made.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)


class Path:
    """Sends datagrams as a link does. `link` may be changed while it runs."""

    def __init__(self, link: Link, random: Random) -> None:
        self.link = link
        self.passed = Passed()
        self._random = random
        self._free_at_s = 0.0
        self._last_at_s = 0.0

    def due_s(self, size: int, now_s: float) -> float | None:
        """When a datagram of `size` bytes given at `now_s` comes out; None where it is lost."""
        link = self.link
        if self._random.random() < link.loss:
            self.passed.lost += 1
            return None
        out_s = now_s
        if link.rate_bps:
            waiting_bytes = max(0.0, self._free_at_s - now_s) * link.rate_bps / 8
            if waiting_bytes + size > link.queue_bytes:
                self.passed.overflowed += 1
                return None
            out_s = max(now_s, self._free_at_s) + (size + _UDP_IP_BYTES) * 8 / link.rate_bps
            self._free_at_s = out_s
        at_s = out_s + (link.delay_ms + self._random.random() * link.jitter_ms) / 1000
        # Never the same time twice: timers that are due together fire in any order.
        behind_s = self._last_at_s + _TICK_S if self._last_at_s > now_s else now_s
        if self._random.random() < link.reordered:
            self.passed.reordered += 1
            return max(behind_s, at_s) + _OVERTAKEN_S
        self._last_at_s = max(behind_s, at_s)
        return self._last_at_s


class _Upstream(asyncio.DatagramProtocol):
    """One party's socket towards the server."""

    def __init__(self, relay: "Relay", party: Address) -> None:
        self._relay = relay
        self._party = party

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._relay.from_server(data, self._party)


@dataclass(slots=True)
class _Party:
    up: Path
    down: Path
    socket: asyncio.DatagramTransport | None = None
    waiting: list[bytes] = field(default_factory=list)


class Relay(asyncio.DatagramProtocol):
    """Relays between whoever sends to its port and one server. `up` is towards the server, `down` from it."""

    def __init__(self, server: Address, *, up: Link, down: Link, seed: int) -> None:
        self.address: Address = ("", 0)
        self.cut_off = 0
        self._server = server
        self._up, self._down = up, down
        self._random = Random(seed)
        self._loop = asyncio.get_running_loop()
        self._parties: dict[Address, _Party] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self._cut = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every loop's class is derived from the abstract one.
        self._transport = cast("asyncio.DatagramTransport", transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.address = (host, port)
        _roomy(transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        party = self._parties.get(addr)
        if party is None:
            party = self._parties[addr] = _Party(Path(self._up, self._random), Path(self._down, self._random))
            self._open(addr, party)
        self._pass_on(party.up, data, lambda: self._to_server(party, data))

    def from_server(self, data: bytes, party: Address) -> None:
        """A datagram of the server for a party."""
        known = self._parties.get(party)
        if known is not None:
            self._pass_on(known.down, data, lambda: self._to_party(data, party))

    def change(self, *, up: Link | None = None, down: Link | None = None) -> None:
        """Another network from now on, for all parties."""
        self._up, self._down = up or self._up, down or self._down
        for party in self._parties.values():
            party.up.link, party.down.link = self._up, self._down

    def cut(self, off: bool = True) -> None:
        """Pass nothing on any more, or again."""
        self._cut = off

    async def rebind(self) -> None:
        """Give every party another address at the server, as a router that restarted does."""
        for addr, party in self._parties.items():
            if party.socket is not None:
                party.socket.close()
                party.socket = None
            self._open(addr, party)
        await asyncio.gather(*self._opening)

    @property
    def down_passed(self) -> Passed:
        """From the server, of all parties together."""
        total = Passed()
        for party in self._parties.values():
            passed = party.down.passed
            total.sent += passed.sent
            total.lost += passed.lost
            total.overflowed += passed.overflowed
            total.reordered += passed.reordered
        return total

    async def close(self) -> None:
        """Forget all parties."""
        await asyncio.gather(*self._opening)
        for party in self._parties.values():
            if party.socket is not None:
                party.socket.close()
        if self._transport is not None:
            self._transport.close()

    def _open(self, addr: Address, party: _Party) -> None:
        task = self._loop.create_task(self._opened(addr, party))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _opened(self, addr: Address, party: _Party) -> None:
        transport, _ = await self._loop.create_datagram_endpoint(
            lambda: _Upstream(self, addr), remote_addr=self._server
        )
        _roomy(transport)
        party.socket = transport
        for data in party.waiting:
            transport.sendto(data)
        party.waiting.clear()

    def _pass_on(self, path: Path, data: bytes, send: Callable[[], None]) -> None:
        if self._cut:
            self.cut_off += 1
            return
        now_s = self._loop.time()
        due_s = path.due_s(len(data), now_s)
        if due_s is None:
            return
        path.passed.sent += 1
        if due_s <= now_s:
            send()
            return
        self._loop.call_at(due_s, send)

    def _to_server(self, party: _Party, data: bytes) -> None:
        if party.socket is None:
            party.waiting.append(data)
        elif not party.socket.is_closing():
            party.socket.sendto(data)

    def _to_party(self, data: bytes, addr: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, addr)


@asynccontextmanager
async def relay(
    server: Address, *, up: Link | None = None, down: Link | None = None, seed: int = 1
) -> AsyncIterator[Relay]:
    """A relay to `server` on a port of the same address; links are perfect unless said otherwise."""
    loop = asyncio.get_running_loop()
    _, made = await loop.create_datagram_endpoint(
        lambda: Relay(server, up=up or Link(), down=down or Link(), seed=seed), local_addr=(server[0], 0)
    )
    try:
        yield made
    finally:
        await made.close()


def through(answer: str, server: Address, place: Address) -> str:
    """An SDP answer whose candidate is the relay at `place` instead of the server's."""
    return answer.replace(f" {server[0]} {server[1]} typ host", f" {place[0]} {place[1]} typ host")
