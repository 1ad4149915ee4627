"""A server that ours is measured beside: a process of its own, pinned to a core."""

import asyncio
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

T = TypeVar("T")

_ROOT = Path(__file__).resolve().parents[2]
_ASK_EVERY_S = 0.1
_STOP_S = 5.0
_TOLD_CHARS = 2000


class PeerProcess(ABC):
    """Runs for the length of `async with`. What it prints goes to `log`."""

    def __init__(self, name: str, log: Path, core: int) -> None:
        self._name, self._log, self._core = name, log, core
        self._http = httpx.AsyncClient(timeout=60.0, trust_env=False)
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @abstractmethod
    async def _start(self) -> None:
        """Launch it, and return once it serves."""

    def _launch(self, command: Sequence[str]) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        os.sched_setaffinity(self._process.pid, {self._core})

    async def _once_up(self, ask: Callable[[], Awaitable[T]], within_s: float) -> T:
        """The first answer of the server just launched. Raises RuntimeError where none comes in time."""
        assert self._process is not None
        deadline_s = time.monotonic() + within_s
        while True:
            try:
                return await ask()
            except httpx.HTTPError as error:
                if time.monotonic() > deadline_s or self._process.poll() is not None:
                    told = self._log.read_text(errors="replace")[-_TOLD_CHARS:]
                    raise RuntimeError(f"{self._name} does not start: {told}") from error
                await asyncio.sleep(_ASK_EVERY_S)

    async def _stop(self) -> None:
        await self._http.aclose()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, _STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)
