"""Serves the built page. Every address that is no file is the page's own affair and gets index.html."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from control_room.http.http_errors import answer
from shared.errors import NotFound
from shared.reasons import why

_ASSETS = "assets"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"


router = APIRouter(include_in_schema=False)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
async def page(request: Request, path: str) -> Response:
    """A file of the application's `web_dir`, which may be absent and may appear later."""
    if path == "api" or path.startswith("api/"):
        return answer(NotFound(why("no-address", "there is nothing at this address")), request.url.path)
    root: Path = request.app.state.web_dir
    found = _file(root, path)
    if found is not None:
        hashed = path.startswith(f"{_ASSETS}/")
        return FileResponse(found, headers={"cache-control": _FOR_EVER if hashed else _ASK_FIRST})
    index = root / "index.html"
    if path.startswith(f"{_ASSETS}/") or "\0" in path or not index.is_file():
        return answer(
            NotFound(why("page-not-built", "there is no such file; is the page built?")), request.url.path
        )
    return FileResponse(index, headers={"cache-control": _ASK_FIRST})


def _file(root: Path, path: str) -> Path | None:
    """A file below `root`, None for anything else, however it is spelt."""
    if not path or "\0" in path:
        return None
    found = (root / path).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None
