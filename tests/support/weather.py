"""The network in front of a service, in the test's hand: passing, refusing, answering 503, silent, slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto

_CHUNK = 1 << 16
_SLOW_S = 0.05
_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Weather(Enum):
    PASSING = auto()
    REFUSING = auto()
    BUSY = auto()
    SILENT = auto()
    SLOW = auto()


class Road:
    """A TCP road to a port of this machine. A change of weather ends every connection."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._weather = Weather.PASSING
        self._travels: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def turn(self, weather: Weather) -> None:
        self._weather = weather
        for task in self._travels:
            task.cancel()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Road"]:
        """The road, until it is closed."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.turn(Weather.REFUSING)
            await asyncio.gather(*self._travels, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._travel(reader, writer))
        self._travels.add(task)
        task.add_done_callback(self._travels.discard)

    async def _travel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            match self._weather:
                case Weather.REFUSING:
                    return
                case Weather.SILENT:
                    await asyncio.Event().wait()
                case Weather.BUSY:
                    await reader.readuntil(b"\r\n\r\n")
                    writer.write(_BUSY)
                    await writer.drain()
                case Weather.PASSING | Weather.SLOW:
                    await self._join(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        finally:
            back.close()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            if self._weather is Weather.SLOW:
                await asyncio.sleep(_SLOW_S)
            target.write(data)
            await target.drain()
        with suppress(OSError):
            target.write_eof()
