"""Supervises one process: starts it again when it dies, stops it with its descendants, leaves no orphan."""

import asyncio
import contextlib
import ctypes
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.backoff import Backoff
from shared.errors import Unavailable

_PR_SET_PDEATHSIG = 1
_STEADY_S = 30.0
_LINE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a short name for its lines, the command, and its whole environment."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_timeout_s: float = 8.0


def _die_with_parent() -> None:
    """In the child, before it becomes the program: get SIGTERM when the supervisor is killed (prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        os._exit(1)


class Supervised:
    """Keeps one program running until `stop`. `say` gets its name and each line it prints."""

    def __init__(
        self, program: Program, say: Callable[[str, str], None], backoff: Backoff | None = None
    ) -> None:
        self.program = program
        self._say = say
        self._backoff = backoff if backoff is not None else Backoff(first_s=1.0, limit_s=15.0)
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """The process now running, if one is."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it, and again whenever it ends. Raises Unavailable when it cannot be started at all."""
        await self._launch()
        self._task = asyncio.create_task(self._keep(), name=f"supervise {self.program.name}")

    async def stop(self) -> None:
        """SIGTERM to its process group, SIGKILL to what is left after its time."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            _signal_group(process, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.program.stop_timeout_s)
            except TimeoutError:
                self._say(self.program.name, f"did not stop in {self.program.stop_timeout_s:g} s: killed")
        if process is not None:
            _signal_group(process, signal.SIGKILL)
            await process.wait()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _launch(self) -> None:
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.program.command,
                env=dict(self.program.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                limit=_LINE_BYTES,
            )
        except OSError as error:
            raise Unavailable(f"{self.program.name} cannot be started: {error.strerror}") from error

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping:
            started_s = loop.time()
            code = await self._until_end()
            if self._stopping:
                return
            if loop.time() - started_s > _STEADY_S:
                self._backoff.reset()
            wait_s = self._backoff.next_s()
            self._say(self.program.name, f"ended ({_how(code)}); starts again in {wait_s:.1f} s")
            await asyncio.sleep(wait_s)
            try:
                await self._launch()
            except Unavailable as error:
                self._say(self.program.name, error.detail)

    async def _until_end(self) -> int:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                self._say(self.program.name, f"(a line of over {_LINE_BYTES} bytes was left out)")
                continue
            if not line:
                break
            self._say(self.program.name, line.decode(errors="replace").rstrip())
        return await process.wait()


def _signal_group(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
