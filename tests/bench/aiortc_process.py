"""Stock aiortc as a process of its own, pinned to a core."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

from tests.bench.light_client import Browser, LightClient, Place, offer
from tests.support.ports import free_port

_ROOT = Path(__file__).resolve().parents[2]
_START_S = 60.0
_CANDIDATE = "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"


class AiortcProcess:
    """An aiortc passing one stream on, for the length of `async with`."""

    def __init__(self, core: int) -> None:
        self._core, self._base = core, f"http://127.0.0.1:{free_port()}"
        self._http = httpx.AsyncClient(timeout=60.0, trust_env=False)
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> "AiortcProcess":
        port = self._base.rpartition(":")[2]
        self._process = subprocess.Popen(  # noqa: ASYNC220  # blocks for the fork only
            [sys.executable, "-m", "tests.bench.aiortc_server", port], cwd=_ROOT, stdin=subprocess.DEVNULL
        )
        os.sched_setaffinity(self._process.pid, {self._core})
        deadline_s = time.monotonic() + _START_S
        while not await self._healthy():
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                await self._stop()
                raise RuntimeError("the aiortc server does not start")
            await asyncio.sleep(0.1)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def join(self, browser: Browser) -> LightClient:
        """A connected viewer."""
        # aiortc wants a candidate in the offer; it finds the viewer by its checks, as of any full ICE agent.
        asked = offer(browser.fingerprint, setup="active") + _CANDIDATE
        answer = await self._http.post(f"{self._base}/whep", content=asked)
        answer.raise_for_status()
        client = LightClient(browser, Place.read(answer.text))
        await client.connect(within_s=60.0)
        return client

    async def _healthy(self) -> bool:
        try:
            return (await self._http.get(f"{self._base}/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    async def _stop(self) -> None:
        await self._http.aclose()
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
