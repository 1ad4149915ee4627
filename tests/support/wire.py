"""A cable that can be pulled: a TCP relay on this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Wire:
    """`target` tells the port it leads to, asked for each connection: what is there may start anew."""

    target: Callable[[], int]
    port: int = 0
    is_up: bool = True
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break all that goes through, and take nothing more."""
        self.is_up = False
        for end in list(self._ends):
            end.transport.abort()

    def mend(self) -> None:
        self.is_up = True

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            if self.is_up:
                there, back = await asyncio.open_connection("127.0.0.1", self.target())
                self._ends.add(back)
                try:
                    await asyncio.gather(_carry(reader, back), _carry(there, writer))
                finally:
                    self._ends.discard(back)
                    back.close()
        except OSError:
            pass
        finally:
            self._ends.discard(writer)
            writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


@asynccontextmanager
async def wire(target: Callable[[], int]) -> AsyncIterator[Wire]:
    """A wire that is up."""
    made = Wire(target)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(made.accept(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.cut()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
