"""A file that goes out whole or by ranges of bytes."""

import io
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from fastapi.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from shared.errors import BadInput, NoSuchRange, NotFound
from shared.reasons import why

_BAD, _NONE = BadInput.status, NoSuchRange.status
_SIZE = 6
"""Where a file's size is in what the system tells of it."""


class RangedFile(FileResponse):
    """As Starlette's, but a range that cannot be had is raised: BadInput or NoSuchRange, as a file that is
    gone is NotFound.

    What goes out is what `opened` reads, `length` bytes; by default the file as it is.
    """

    opened: Callable[[], io.RawIOBase] | None = None
    length: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = 0

        async def worded(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in (_BAD, _NONE):
                refused = message["status"]
            if not refused:
                await send(message)

        try:
            stat = os.stat(self.path)
        except FileNotFoundError as error:
            raise NotFound(why("package-gone", "the package is not where it was made")) from error
        told = list(stat)
        size = told[_SIZE] = stat.st_size if self.length is None else self.length
        self.stat_result = os.stat_result(told)
        self.set_stat_headers(self.stat_result)
        await super().__call__(scope, receive, worded)
        if refused == _NONE:
            raise NoSuchRange(why("bytes-beyond", "the file has {size} bytes", size=size), size)
        if refused == _BAD:
            raise BadInput(why("bytes-malformed", "the range of bytes is malformed"), "range")

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[anyio.AsyncFile[bytes]]:
        opened = self.opened or (lambda: io.FileIO(self.path))
        file = anyio.wrap_file(io.BufferedReader(await anyio.to_thread.run_sync(opened), self.chunk_size))
        try:
            yield file
        finally:
            with anyio.CancelScope(shield=True):
                await file.aclose()
