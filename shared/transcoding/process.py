"""Runs a transcoder as a child process of mux or storage."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from typing import Protocol

from shared.errors import Unavailable
from shared.transcoding.framing import Message, encoded, receive
from shared.transcoding.limits import Limits

_OURS = "BEFFROI_"


class Child(Protocol):
    """A transcoder under way. `pid` is its process."""

    @property
    def pid(self) -> int: ...

    def send(self, message: Message) -> None:
        """Give it a message; it waits in memory until the child reads it."""
        ...

    async def receive(self) -> Message | None:
        """Its next message; None once it has ended. Raises BadInput where it cannot be understood."""
        ...

    def kill(self) -> None:
        """End it now; twice is no error."""
        ...

    async def ended(self) -> str:
        """Wait for its end; how it ended, in a few words."""
        ...


Spawn = Callable[[], Awaitable[Child]]


class ChildProcess:
    """`python -m shared.transcoder`. It gets no settings or secrets: it reads what strangers send."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._in, self._out = process, process.stdin, process.stdout
        self._killed = False

    @staticmethod
    async def spawn(limits: Limits) -> "ChildProcess":
        """Start one. Raises Unavailable."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        command = (sys.executable, "-m", "shared.transcoder", *limits.arguments())
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
        except OSError as error:
            raise Unavailable(f"a transcoder cannot be started: {error.strerror}") from error
        return ChildProcess(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Message) -> None:
        if not self._in.is_closing():
            self._in.write(encoded(message))

    async def receive(self) -> Message | None:
        return await receive(self._out)

    def kill(self) -> None:
        # Once: at a second time asyncio may bury it before its watcher has seen how it ended.
        if not self._killed:
            self._killed = True
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def ended(self) -> str:
        code = await self._process.wait()
        self._in.close()
        return f"signal {-code}" if code < 0 else f"exit code {code}"
