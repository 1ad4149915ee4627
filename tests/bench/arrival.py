"""A thousand viewers at once: how long until each has its first packet, and what those already there notice.

mux is pinned to one core, the camera and the light viewers (two processes) to the other. Times of packets are
the kernel's own (SO_TIMESTAMPNS): a viewer that reads late is not counted as one that got its packet late.
The stream is a small one, so that the viewers' core can take it a thousand times.
"""

import asyncio
import itertools
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.camera_process import camera_process
from tests.bench.figures import percentile
from tests.bench.load import client_on_last_core
from tests.bench.mux_process import MuxProcess
from tests.bench.spent import cpu_ns, resident_bytes
from tests.bench.tables import Table
from tests.bench.timed_client import TimedClient
from tests.support.light_client import Browser
from tests.support.light_sdp import Place, offer
from tests.support.mux_stream import STREAM

ARRIVING = 1000
RUNNING = 10
BITS_PER_SECOND = 150_000
_QUIET_S = 4.0
_LONGEST_S = 60.0
_NICE = 10


def worst_gap_ms(at_ns: Sequence[int], from_ns: int, until_ns: int) -> float:
    """The longest time without a picture between two times, in milliseconds."""
    inside = [from_ns, *(one for one in at_ns if from_ns < one < until_ns), until_ns]
    return max(later - earlier for earlier, later in itertools.pairwise(inside)) / 1e6


async def _post(mux: MuxProcess, ticket: str, sdp: bytes) -> str:
    """WHEP by hand: a thousand clients of an HTTP library would measure the library."""
    reader, writer = await asyncio.open_connection("127.0.0.1", mux.http_port)
    head = (
        f"POST /whep/{STREAM} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/sdp\r\nAuthorization: Bearer {ticket}\r\n"
        f"Content-Length: {len(sdp)}\r\n\r\n"
    )
    writer.write(head.encode() + sdp)
    answer = (await reader.read()).decode()
    writer.close()
    if not answer.startswith("HTTP/1.1 201"):
        raise RuntimeError(f"mux refuses a viewer: {answer.splitlines()[0] if answer else 'no answer'}")
    return answer


async def _arrive(mux: MuxProcess, browser: Browser, ticket: str, *, watching: bool = False) -> TimedClient:
    answer = await _post(mux, ticket, offer(browser.fingerprint).encode())
    client = TimedClient(browser, Place.read(answer), watching=watching)
    await client.connect(within_s=_LONGEST_S)
    return client


async def _measure(arriving: int, running: int) -> Table:
    browser = Browser()
    with client_on_last_core() as core, tempfile.TemporaryDirectory() as folder:
        async with (
            MuxProcess(Path(folder), core=core) as mux,
            camera_process(mux.tap_port, BITS_PER_SECOND),
        ):
            # Not before: the camera and mux keep the priority they were born with.
            os.nice(_NICE)
            there = [await _arrive(mux, browser, mux.ticket(STREAM), watching=True) for _ in range(running)]
            await _all_have_media(there)
            await asyncio.sleep(_QUIET_S)
            tickets = [mux.ticket(STREAM) for _ in range(arriving)]
            before_bytes, before_cpu_ns = resident_bytes(mux.pid), cpu_ns(mux.pid)
            began_ns = time.time_ns()
            newcomers = await asyncio.gather(*(_arrive(mux, browser, ticket) for ticket in tickets))
            await _all_have_media(newcomers)
            spent_ns = cpu_ns(mux.pid) - before_cpu_ns
            await asyncio.sleep(_QUIET_S)
            first_ms = [((one.first_ns or began_ns) - began_ns) / 1e6 for one in newcomers]
            until_ns = began_ns + int(max(first_ms) * 1e6)
            quiet_ns = began_ns - int(_QUIET_S / 2 * 1e9)
            quiet_ms = max(worst_gap_ms(list(one.picture_ns.values()), quiet_ns, began_ns) for one in there)
            busy_ms = max(worst_gap_ms(list(one.picture_ns.values()), began_ns, until_ns) for one in there)
            each_kb = (resident_bytes(mux.pid) - before_bytes) / arriving / 1000
            for client in (*there, *newcomers):
                client.close()
    return Table(
        "arrival",
        f"{arriving} viewers at once beside {running} running ones, {BITS_PER_SECOND / 1e6:.2f} Mb/s each",
        [
            "viewers",
            "p50 s",
            "p95 s",
            "all s",
            "worst gap before ms",
            "worst gap ms",
            "mux CPU s",
            "kB/viewer",
        ],
        [
            [
                arriving,
                percentile(first_ms, 50) / 1000,
                percentile(first_ms, 95) / 1000,
                max(first_ms) / 1000,
                quiet_ms,
                busy_ms,
                spent_ns / 1e9,
                each_kb,
            ]
        ],
        {"kB/viewer": "120"},
        "Seconds until the first packet, from when all ask. The gap is the longest time without a picture at "
        "a running viewer (40 ms between pictures), in the 2 s before and until the last newcomer has its "
        "first packet. The newcomers' own ICE and DTLS take the other core for most of that time.",
        samples={"first packet": first_ms},
    )


async def _all_have_media(clients: Sequence[TimedClient]) -> None:
    deadline_s = time.monotonic() + _LONGEST_S
    while without := sum(client.first_ns is None for client in clients):
        if time.monotonic() > deadline_s:
            raise RuntimeError(f"{without} of {len(clients)} viewers had no packet in {_LONGEST_S:.0f} s")
        await asyncio.sleep(0.05)


def run(arriving: int = ARRIVING, running: int = RUNNING) -> Table:
    """One row."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * arriving
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    return asyncio.run(_measure(arriving, running))
