"""Loads a server of one stream with light viewers and reads what it takes, whoever made the server.

The server is pinned to the first core, the viewers and the camera share the last. CPU is the time on a core
of all threads of the server (/proc/PID/task/*/schedstat) less what it takes with its camera and no viewer,
for each packet that arrived.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.bench.runs_client import RunsClient
from tests.bench.spent import cpu_ns, resident_bytes
from tests.support.light_client import Browser, LightClient

SECONDS = 8.0
SETTLE_S = 2.0
CALM_S = 5.0
"""What is done for starts has ended so long after the last one."""

_JOINING_AT_ONCE = 8


Kind = type[LightClient] | type[RunsClient]
"""How viewers read: packet by packet or run by run."""


class Server(Protocol):
    """A running server whose one stream is playing."""

    @property
    def pid(self) -> int: ...

    async def join(self, browser: Browser, kind: Kind) -> LightClient:
        """A connected viewer of this kind."""
        ...


@dataclass(frozen=True, slots=True)
class Cost:
    """What a number of viewers costs a server. `us_per_packet` is without what it takes for nobody."""

    viewers: int
    us_per_packet: float
    core_percent: float
    megabits_per_second: float
    kilobytes_per_viewer: float

    @property
    def core_percent_per_viewer(self) -> float:
        return self.core_percent / self.viewers


def server_core() -> int:
    """The core a measured server is pinned to."""
    return min(os.sched_getaffinity(0))


@contextmanager
def client_on_last_core() -> Iterator[int]:
    """Keep this process off the server's core; gives that core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield min(cores)
    finally:
        os.sched_setaffinity(0, cores)


async def measure(
    server: Server, viewer_counts: Sequence[int], seconds: float = SECONDS, kind: Kind = LightClient
) -> list[Cost]:
    """The cost at each number of viewers, in rising order, all of one process of the server."""
    browser = Browser()
    await asyncio.sleep(SETTLE_S)
    idle_share = await _share(server.pid, SETTLE_S)
    # The first viewer brings the stream's own memory; the others tell what a viewer takes.
    clients = [await server.join(browser, kind)]
    await asyncio.sleep(SETTLE_S)
    one_bytes = resident_bytes(server.pid)
    try:
        found = []
        for count in sorted(viewer_counts):
            await _join_until(server, browser, kind, clients, count)
            await asyncio.sleep(CALM_S)
            found.append(await _cost(server.pid, clients, idle_share, one_bytes, seconds))
        return found
    finally:
        for client in clients:
            client.close()


async def _join_until(
    server: Server, browser: Browser, kind: Kind, clients: list[LightClient], count: int
) -> None:
    while len(clients) < count:
        more = min(_JOINING_AT_ONCE, count - len(clients))
        clients += await asyncio.gather(*(server.join(browser, kind) for _ in range(more)))


async def _share(pid: int, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    began_ns, began_s = cpu_ns(pid), loop.time()
    await asyncio.sleep(seconds)
    return (cpu_ns(pid) - began_ns) / 1e9 / (loop.time() - began_s)


async def _cost(
    pid: int, clients: Sequence[LightClient], idle_share: float, one_bytes: int, seconds: float
) -> Cost:
    loop = asyncio.get_running_loop()
    packets = [client.received.packets for client in clients]
    octets = sum(client.received.octets for client in clients)
    began_ns, began_s = cpu_ns(pid), loop.time()
    await asyncio.sleep(seconds)
    spent_ns, lasted_s = cpu_ns(pid) - began_ns, loop.time() - began_s
    more = [client.received.packets - before for client, before in zip(clients, packets, strict=True)]
    if not all(more) or not all(client.received.proven for client in clients):
        raise RuntimeError(f"{sum(not count for count in more)} of {len(clients)} viewers got no media")
    megabits = (sum(client.received.octets for client in clients) - octets) * 8 / lasted_s / 1e6
    others = max(1, len(clients) - 1)
    return Cost(
        viewers=len(clients),
        us_per_packet=(spent_ns - idle_share * lasted_s * 1e9) / sum(more) / 1000,
        core_percent=spent_ns / lasted_s / 1e7,
        megabits_per_second=megabits,
        kilobytes_per_viewer=(resident_bytes(pid) - one_bytes) / others / 1000,
    )
