"""How soon playback starts: a seek into a month-old hour, and eight players at once.

`python -m tests.bench.playback_cost` prints a table. A player has its first picture once the first
fragment of its window is there, whole. Files are dropped from the page cache first. The floor is the
same HTTP server giving the same bytes of the same files, by ranges.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from shared.ids import StreamId
from shared.tickets import Action
from storage.model.instants import text_from_ns
from tests.bench.archive_files import SEGMENT_S, lay_down
from tests.bench.tables import Cell, Table
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.storage.segments import layout_of

PLAYERS = 8
TRIES = 60
ROUNDS = 12
_HOUR_MINUTES, _OWN_MINUTES = 40, 11
_S = 1_000_000_000
_WINDOW_S = 10
_DAYS_AGO = 29


@dataclass(frozen=True, slots=True)
class Place:
    """A server, and how a request names itself to it."""

    port: int
    token: str = ""

    async def first_picture_s(self, path: str, *, header: str = "", size: int = 0) -> float:
        """Seconds from the request to the end of the first `mdat`, or to as many bytes of the body."""
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        try:
            head = f"Host: localhost\r\nAuthorization: Bearer {self.token}\r\n{header}"
            writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
            status = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
            assert status in (200, 206), status
            got = b""
            while not (len(got) >= size if size else _has_picture(got)):
                more = await reader.read(1 << 18)
                assert more, "the body ended before its first picture"
                got += more
            return time.perf_counter() - began
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def _has_picture(got: bytes) -> bool:
    """Whether a first `mdat` is whole; a body in chunks has a few bytes more between its parts."""
    at = got.find(b"mdat")
    return at >= 4 and len(got) >= at - 4 + int.from_bytes(got[at - 4 : at], "big")


def _forget(files: Sequence[Path]) -> None:
    """Drop files from the page cache."""
    os.sync()
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _stream(number: int) -> StreamId:
    return StreamId("59350", f"past-{number}")


async def _measure(folder: Path) -> list[list[Cell]]:
    start_ns = (int(time.time()) - _DAYS_AGO * 86_400) * _S
    wanted = [(_stream(0), start_ns, _HOUR_MINUTES)]
    wanted += [(_stream(number), start_ns, _OWN_MINUTES) for number in range(1, PLAYERS)]
    files = await lay_down(folder / "var", wanted)

    async with storage(folder) as system, _floor(folder / "var" / "objects") as floor:
        return await _rows(system, floor, folder, files, start_ns)


class _floor:
    """The bare file server, for as long as it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __aenter__(self) -> Place:
        port = free_port()
        self._process = await create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.file_server", str(self._folder), str(port)),
            stdout=DEVNULL,
            stderr=DEVNULL,
        )

        async def answers() -> bool:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return True
            return False

        await eventually(answers, within_s=60, what="the bare file server")
        return Place(port)

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()


async def _rows(
    system: System, floor: Place, folder: Path, files: Sequence[Path], start_ns: int
) -> list[list[Cell]]:
    tokens = [system.token(Action.PLAYBACK, str(_stream(number))) for number in range(PLAYERS)]
    await asyncio.to_thread(system.lessor.tell, system.url)
    places = [Place(system.http_port, token) for token in tokens]
    chosen = random.Random(1)
    fragments = layout_of(files[0]).fragments
    first_bytes = fragments[0].end

    def path(number: int, seconds: float, window_s: int | None) -> str:
        at_ns = start_ns + int(seconds * _S)
        query = {"from": text_from_ns(at_ns)}
        if window_s is not None:
            query["to"] = text_from_ns(at_ns + window_s * _S)
        return f"/recordings/{_stream(number)}/media?{urlencode(query)}"

    async def seek() -> float:
        _forget(files)
        at_s = chosen.uniform(0, _HOUR_MINUTES * SEGMENT_S - _WINDOW_S)
        return await places[0].first_picture_s(path(0, at_s, _WINDOW_S))

    async def floor_read(file: Path) -> float:
        fragment = chosen.choice(fragments)
        name = file.relative_to(folder / "var" / "objects")
        last = fragment.offset + first_bytes - 1
        header = f"Range: bytes={fragment.offset}-{last}\r\n"
        size = min(first_bytes, fragments[-1].end - fragment.offset)
        return await floor.first_picture_s(f"/{name}", header=header, size=size)

    async def floor_seek() -> float:
        _forget(files)
        return await floor_read(chosen.choice(files))

    async def together(one: Callable[[int], Awaitable[float]]) -> float:
        """Until the last of eight has its first picture."""
        _forget(files)
        return max(await asyncio.gather(*(one(number) for number in range(PLAYERS))))

    def of(window_s: int | None) -> Callable[[int], Awaitable[float]]:
        async def one(number: int) -> float:
            return await places[number].first_picture_s(path(number, chosen.uniform(0, 60), window_s))

        return one

    rows: list[list[Cell]] = []

    async def row(
        what: str, tries: int, once: Callable[[], Awaitable[float]], bare: Callable[[], Awaitable[float]]
    ) -> None:
        await once()
        took, least = [], []
        for _ in range(tries):
            took.append(1000 * await once())
            least.append(1000 * await bare())
        rows.append([what, tries, *_figures(took), *_figures(least)])

    async def bare(_: int) -> float:
        return await floor_read(chosen.choice(files))

    await row("a seek into a month-old hour", TRIES, seek, floor_seek)
    await row(
        f"{PLAYERS} players at once, 10 s", ROUNDS, partial(together, of(_WINDOW_S)), partial(together, bare)
    )
    await row(
        f"{PLAYERS} players at once, 10 min", ROUNDS, partial(together, of(None)), partial(together, bare)
    )
    return rows


def _figures(took_ms: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(took_ms), statistics.quantiles(took_ms, n=20)[-1], max(took_ms)


def run() -> Table:
    """A row for each way to start."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_measure(Path(folder)))
    return Table(
        "playback",
        "From a request of playback to its first picture, whole; 2 Mb/s, nothing in the page cache",
        ["what", "tries", "median ms", "p95 ms", "max ms", "floor ms", "floor p95 ms", "floor max ms"],
        rows,
        {"p95 ms": "300 a seek, 500 eight at once"},
        "Eight players: until the last of them has its picture. Floor: as many bytes of the same files, by "
        "ranges, through the same HTTP server without anything of playback.",
    )


if __name__ == "__main__":
    print(run().text())
