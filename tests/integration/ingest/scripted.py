"""A camera that answers as a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Answer = Callable[[str, str], str]


class Scripted:
    """A camera that answers each request as `answer(method, request)` says, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[str] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.requests.append(head)
                cseq = head.split("CSeq: ")[1].split("\r\n")[0]
                status, _, rest = self._answer(head.split()[0], head).partition("\r\n")
                writer.write(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{rest}\r\n".encode())
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def scripted(answer: Answer, host: str = "127.0.0.1") -> AsyncIterator[Scripted]:
    camera = Scripted(answer)
    server = await asyncio.start_server(camera.serve, host, 0)
    camera.url = f"rtsp://{host}:{server.sockets[0].getsockname()[1]}/x"
    try:
        yield camera
    finally:
        server.close()
