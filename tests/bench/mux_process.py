"""`python -m mux` as a process of its own, pinned to a core."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import httpx

from shared.ids import StreamId
from shared.tickets import WALL_RESOURCE, Action, Ticket
from tests.integration.mux.rig import make_key
from tests.support.lessor import Lessor, Renewing
from tests.support.ports import free_port

_ROOT = Path(__file__).resolve().parents[2]


class MuxProcess:
    """A mux on loopback, started by `async with` and stopped at its end."""

    def __init__(
        self,
        folder: Path,
        *,
        core: int | None = None,
        udp_host: str = "127.0.0.1",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        signer, key_file = make_key(folder)
        self.lessor = Lessor(signer)
        self._core = core
        self.tap_port, self.http_port, self.status_port = free_port(), free_port(), free_port()
        self._renewing = Renewing(self.lessor, self.base)
        self.origin = f"http://127.0.0.1:{free_port()}"
        self._environment = {
            **os.environ,
            "BEFFROI_HTTP_PORT": str(self.http_port),
            "BEFFROI_STATUS_PORT": str(self.status_port),
            "BEFFROI_UDP_HOST": udp_host,
            "BEFFROI_UDP_PORT": "0",
            "BEFFROI_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{self.tap_port}",
            "BEFFROI_TICKET_PUBLIC_KEY_FILE": str(key_file),
            "BEFFROI_ALLOWED_ORIGINS": self.origin,
            "BEFFROI_MOST_VIEWERS": "2000",
            "BEFFROI_DATA_DIR": str(folder),
            **(settings or {}),
        }
        self._log = folder / "mux.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "MuxProcess":
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # blocks for the fork only
                [sys.executable, "-m", "mux"], cwd=_ROOT, env=self._environment, stderr=log
            )
        if self._core is not None:
            os.sched_setaffinity(self._process.pid, {self._core})
        deadline = time.monotonic() + 20
        async with httpx.AsyncClient() as http:
            while not await self._healthy(http):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(f"mux does not start: {self._log.read_text()}")
                await asyncio.sleep(0.05)
        await asyncio.to_thread(self.lessor.tell, self.base)
        self._renewing.__enter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._renewing.__exit__()
        self._process.terminate()
        await self.stopped()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def stopped(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait)

    def url(self, stream: StreamId) -> str:
        return f"{self.base}/whep/{stream}"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def ticket(self, stream: StreamId) -> str:
        return self._signed(Action.LIVE, str(stream))

    def wall_ticket(self, *cameras: str) -> str:
        return self._signed(Action.WALL, WALL_RESOURCE, cameras)

    def _signed(self, action: Action, resource: str, cameras: tuple[str, ...] = ()) -> str:
        until_s = int(time.time()) + 600
        ticket = Ticket(secrets.token_hex(8), "p", "s", action, resource, until_s, cameras=cameras)
        return self.lessor.sign(ticket)

    async def metric(self, name: str, http: httpx.AsyncClient) -> float:
        """The value of a metric without labels."""
        answer = await http.get(f"http://127.0.0.1:{self.status_port}/metrics")
        for line in answer.text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        return 0.0

    async def _healthy(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"http://127.0.0.1:{self.status_port}/healthz")).status_code == 200
        except httpx.TransportError:
            return False
