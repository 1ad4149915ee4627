"""The floor under an ingested camera in Python on this machine: to be woken and read its bytes, nothing else.

`python -m tests.bench.ingest_floor read PORT COUNT` opens COUNT connections to `send PORT`, whose other end
sends pictures of KBPS at `--fps` to each, spread evenly, as simulated cameras do. `--loop asyncio` reads by
the loop of Python's own library, a selector's, in place of uvloop's.
"""

import argparse
import asyncio
import sys
from typing import cast

import uvloop

KBPS, FPS = 2000, 12.5
_BUFFER_BYTES = 128 << 10


class _Reader(asyncio.BufferedProtocol):
    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """What came is of no interest."""


async def _read(port: int, count: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(count):
        await loop.create_connection(_Reader, "127.0.0.1", port)
    await asyncio.Event().wait()


class _Camera(asyncio.Protocol):
    """One end that pictures are written to, in `all` while it is open."""

    def __init__(self, all: list[asyncio.Transport]) -> None:
        self._all = all
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._all.append(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._transport is not None
        self._all.remove(self._transport)


async def _send(port: int, fps: float) -> None:
    picture = bytes(int(KBPS * 1000 / 8 / fps))
    cameras: list[asyncio.Transport] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Camera(cameras), "127.0.0.1", port)
    due_s, turn = loop.time(), 0
    async with server:
        while True:
            due_s = max(due_s + 1 / fps / max(1, len(cameras)), loop.time() - 1 / fps)
            await asyncio.sleep(due_s - loop.time())
            if cameras:
                turn = (turn + 1) % len(cameras)
                cameras[turn].write(picture)


def main() -> int:
    """Read or send until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("read", "send"))
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int, nargs="?", default=1)
    parser.add_argument("--fps", type=float, default=FPS, help="pictures a second of each connection")
    parser.add_argument("--loop", choices=("uvloop", "asyncio"), default="uvloop", help="whose loop")
    chosen = parser.parse_args()
    run = uvloop.run if chosen.loop == "uvloop" else asyncio.run
    run(_read(chosen.port, chosen.count) if chosen.what == "read" else _send(chosen.port, chosen.fps))
    return 0


if __name__ == "__main__":
    sys.exit(main())
