"""Runs an installation: the centre's programs, then a worker for each credential it is given."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx

from deploy.layout import Layout
from deploy.process import Program, Supervised
from shared.errors import Unavailable

READY_TIMEOUT_S = 40.0
_LOOK_EVERY_S = 1.0


def say(name: str, line: str) -> None:
    """One readable line an event."""
    print(f"{time.strftime('%H:%M:%S')} {name:<14} {line}", flush=True)


class Centre:
    """All supervised programs of one installation.

    A worker runs for each file `<commune>.token` in `workers_dir`, which holds a credential made in the page;
    a file that appears or goes away starts or stops its worker within seconds.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.workers_dir = layout.data_dir / "workers"
        self.stopping = asyncio.Event()
        self._running: list[Supervised] = []
        self._workers: dict[str, Supervised] = {}

    async def start(self) -> None:
        """Start the centre, and return once all of it is well. Raises Unavailable when some is not."""
        self.workers_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        ports = self.layout.ports
        probes: list[Callable[[], Awaitable[bool]]] = [
            lambda: _listens(ports.redis),
            lambda: _healthy(ports.status_control),
            *(partial(_healthy, mux.status) for mux in ports.muxes),
            lambda: _healthy(ports.status_storage),
        ]
        programs = self.layout.centre()
        for program in programs:
            await self.launch(program)
        deadline = time.monotonic() + READY_TIMEOUT_S
        for program, ready in zip(programs, probes, strict=True):
            while not await ready():
                if self.stopping.is_set():
                    return
                if time.monotonic() > deadline:
                    raise Unavailable(
                        f"{program.name} is not ready after {READY_TIMEOUT_S:g} s: its lines above say why"
                    )
                # A starting service tells nobody when it is ready: it is asked.
                await asyncio.sleep(0.05)

    async def launch(self, program: Program) -> None:
        """Supervise one more program."""
        supervised = Supervised(program, say)
        self._running.append(supervised)
        await supervised.start()

    async def keep_workers(self) -> None:
        """Follow the folder of credentials until the installation stops."""
        while not self.stopping.is_set():
            wanted = {file.stem: file for file in sorted(self.workers_dir.glob("*.token"))}
            for commune in [known for known in self._workers if known not in wanted]:
                await self._workers.pop(commune).stop()
                say("beffroi", f"the worker of {commune} is stopped: its credential was removed")
            for commune, file in wanted.items():
                if commune not in self._workers:
                    await self._start_worker(commune, file)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), _LOOK_EVERY_S)

    async def run(self, ready: Callable[[], Awaitable[None]]) -> None:
        """Start, call `ready`, and serve until SIGINT or SIGTERM; then stop everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stopping.set)
        try:
            await self.start()
            if not self.stopping.is_set():
                await ready()
            await self.keep_workers()
        finally:
            say("beffroi", "stopping")
            await self.stop()
            say("beffroi", "stopped")

    async def stop(self) -> None:
        """Stop workers first, then the centre, the last started first."""
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))
        self._workers.clear()
        for supervised in reversed(self._running):
            await supervised.stop()
        self._running.clear()

    async def _start_worker(self, commune: str, file: Path) -> None:
        status_port = self.layout.ports.status_ingest + len(self._workers)
        program = self.layout.worker(commune, file.read_text().strip(), status_port)
        supervised = Supervised(program, say)
        self._workers[commune] = supervised
        await supervised.start()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _healthy(status_port: int) -> bool:
    try:
        # Plain HTTP: reading all authorities' certificates at each try would take longer than the answer.
        async with httpx.AsyncClient(verify=False, trust_env=False, timeout=2) as client:
            answer = await client.get(f"http://127.0.0.1:{status_port}/healthz")
    except httpx.HTTPError:
        return False
    return answer.status_code == 200
