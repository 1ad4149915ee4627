"""A file that goes out whole or by ranges of bytes."""

import os

from fastapi.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from shared.errors import BadInput, NoSuchRange, NotFound
from shared.reasons import why

_BAD, _NONE = BadInput.status, NoSuchRange.status


class RangedFile(FileResponse):
    """As Starlette's, but a range that cannot be had is raised: BadInput or NoSuchRange, as a file that is
    gone is NotFound."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = 0

        async def worded(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in (_BAD, _NONE):
                refused = message["status"]
            if not refused:
                await send(message)

        try:
            self.stat_result = os.stat(self.path)
        except FileNotFoundError as error:
            raise NotFound(why("package-gone", "the package is not where it was made")) from error
        self.set_stat_headers(self.stat_result)
        await super().__call__(scope, receive, worded)
        if refused == _NONE:
            size = self.stat_result.st_size
            raise NoSuchRange(why("bytes-beyond", "the file has {size} bytes", size=size), size)
        if refused == _BAD:
            raise BadInput(why("bytes-malformed", "the range of bytes is malformed"), "range")
