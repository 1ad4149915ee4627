"""The floor of playback: files of a folder by ranges of bytes, through the HTTP server of every service.

`python -m tests.bench.file_server FOLDER PORT`.
"""

import sys
from pathlib import Path

from starlette.types import Receive, Scope, Send

from shared.asgi import serve_asgi
from shared.service import Service, main
from storage.http.ranged_file import RangedFile
from tests.support.ports import free_port


async def _service(folder: Path, port: int) -> Service:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await RangedFile(folder / scope["path"].lstrip("/"), media_type="video/mp4")(scope, receive, send)

    service = Service("floor", status_port=free_port())
    await serve_asgi(service, app, "127.0.0.1", port)
    return service


if __name__ == "__main__":
    sys.exit(main("floor", lambda: _service(Path(sys.argv[1]), int(sys.argv[2]))))
