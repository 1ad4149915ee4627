"""The whole of Beffroi as a user starts it: `beffroi demo` in a process of its own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from random import Random

from deploy.ports import Ports, refuse_taken
from shared.errors import Conflict
from tests.support.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0


def free_base(muxes: int = 1) -> int:
    """The first of a row of ports that are all free."""
    random = Random()
    while True:
        base = random.randrange(20_000, 30_000, 40)
        try:
            refuse_taken(Ports.from_base(base, muxes), host="127.0.0.1")
        except Conflict:
            continue
        return base


def _environment(pid: int) -> list[bytes]:
    """The settings of a process, none of one that has just ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


class WholeSystem:
    """A running demo. `lines` is what it printed so far."""

    def __init__(self, data_dir: Path, base: int | None = None, muxes: int = 1) -> None:
        self.data_dir = data_dir
        self.ports = Ports.from_base(base if base is not None else free_base(muxes), muxes)
        self.url = f"http://127.0.0.1:{self.ports.page}"
        self.lines: list[str] = []
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once the demo has said that it runs."""
        self._process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "deploy.cli", "demo"],
            *["--data", str(self.data_dir), "--port", str(self.ports.page)],
            *["--muxes", str(len(self.ports.muxes))],
            cwd=ROOT,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read())
        await eventually(
            lambda: self.said("Beffroi is running") or self.ended,
            within_s=START_TIMEOUT_S,
            what="the demo's start",
        )
        assert not self.ended, "the demo ended at once:\n" + "\n".join(self.lines[-40:])

    async def stop(self) -> int:
        """SIGINT, as Ctrl-C does; the exit code."""
        assert self._process is not None
        assert self._reader is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(self._process.wait(), 40)
        await self._reader
        return code

    @property
    def ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def said(self, text: str) -> bool:
        """Whether any line so far holds `text`."""
        return any(text in line for line in self.lines)

    def pids(self, *words: str) -> list[int]:
        """The services' processes whose command line holds all these words."""
        return [pid for pid in descendants(self.pid) if all(word in command_line(pid) for word in words)]

    def signal(self, number: signal.Signals, *words: str) -> list[int]:
        """Send a signal to the services so named; at least one must be there. Their pids."""
        found = self.pids(*words)
        assert found, f"no process of {words}"
        for pid in found:
            os.kill(pid, number)
        return found

    def kill_mux(self, http_port: int) -> None:
        """kill -9 the mux that answers on this port, where there is one just now."""
        said = f"BEFFROI_HTTP_PORT={http_port}".encode()
        found = [pid for pid in self.pids("-m", "mux") if said in _environment(pid)]
        assert len(found) <= 1, f"muxes on port {http_port}: {found}"
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())


def descendants(pid: int) -> Iterable[int]:
    """All living processes below one, read from /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    waiting = list(children.get(pid, ()))
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(children.get(found, ()))


def command_line(pid: int) -> list[str]:
    """The words of a process's command line, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
