"""Whatever carries images ends with the right to them: every route of storage, and any that is added."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Scope

from shared.messages.storage import ExportedCamera, ExportOrder
from shared.tickets import Action
from storage.http.app import build_app
from storage.http.guarded import LOOK_EVERY_S, Guarded, last_while
from tests.support.eventually import eventually
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.workshop import Workshop, units, workshop

EXPORT = "x-0000000001"
IMAGES = {
    f"/recordings/{STREAM}/media": (Action.PLAYBACK, str(STREAM)),
    f"/recordings/{STREAM}/hls/segment.m4s": (Action.PLAYBACK, str(STREAM)),
    f"/exports/{EXPORT}/package": (Action.DOWNLOAD, f"export:{EXPORT}"),
}
WITHOUT_IMAGES = {
    "/exports/{id}/receipt",
    "/edges/{commune}",
    "/edges/{commune}/segments",
    "/edges/{commune}/segments/{sha256}",
    "/recordings/{commune}/{camera}/{kind}/fetch",
    "/survey",
    "/clock",
    "/recordings/{commune}/{camera}/{kind}",
    "/recordings/{commune}/{camera}/{kind}/follow",
    "/recordings/{commune}/{camera}/{kind}/days",
    "/recordings/{commune}/{camera}/{kind}/playlist.m3u8",
    "/exports/{id}",
    "/exports/{id}/timestamp",
    "/holds/{id}",
    "/evidence-key",
    "/lease",
    "/proofs/{commune}/{camera}/{kind}",
}
Ask = Callable[[], Awaitable[None]]


class Reader:
    """Somebody who asks, and reads as far as `reads` parts; then stands still."""

    def __init__(self, app: ASGIApp, path: str, *, token: str = "", query: str = "", reads: int = 0) -> None:
        self.status = 0
        self.parts: list[bytes] = []
        self.ended = False
        self.stands = asyncio.Event()
        self._reads = reads
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        self._asked = False
        self.task = asyncio.create_task(self._ask(app, scope))

    async def _ask(self, app: ASGIApp, scope: Scope) -> None:
        await app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._asked:
            await asyncio.get_running_loop().create_future()
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.parts.append(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        if self._reads and len(self.parts) >= self._reads and not self.ended:
            self.stands.set()
            await asyncio.get_running_loop().create_future()

    async def gone(self) -> None:
        """Wait until the server has nothing more to say."""
        await asyncio.wait_for(asyncio.shield(self.task), 5)


def instant(ns: int) -> datetime:
    return datetime.fromtimestamp(ns // 10**9, UTC)


QUERIES = {
    "media": f"from={instant(START_NS).isoformat().replace('+00:00', 'Z')}",
    "segment.m4s": f"start={START_NS}&from={START_NS}&to={START_NS + 2 * 10**9}&base={START_NS}",
}


async def filled(shop: Workshop) -> None:
    """Recordings, and an export of them."""
    await shop.record_all(units(250))
    order = ExportOrder(
        id=EXPORT,
        reference="PV 1",
        authority="OPJ",
        requested_by="legal",
        cameras=(ExportedCamera(str(STREAM), "Place", "Lille", "A1"),),
        start=instant(START_NS),
        end=instant(START_NS + 10 * 10**9),
    )
    answer = await shop.put(f"/exports/{EXPORT}", shop.token(Action.EXPORT, f"export:{EXPORT}"), order)
    assert answer.status_code == 202, answer.text
    await shop.export_done(EXPORT)


async def test_each_route_is_known_as_one_with_images_or_without(tmp_path: Path) -> None:
    with_images = {
        "/recordings/{commune}/{camera}/{kind}/media",
        "/recordings/{commune}/{camera}/{kind}/thumbnail",
        "/recordings/{commune}/{camera}/{kind}/hls/init.mp4",
        "/recordings/{commune}/{camera}/{kind}/hls/segment.m4s",
        "/exports/{id}/package",
    }
    async with workshop(tmp_path) as shop:
        assert shop.routes == WITHOUT_IMAGES | with_images


@pytest.mark.parametrize("path", IMAGES)
async def test_a_reader_who_stands_still_is_cut_off_when_the_right_ends(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileResponse, "chunk_size", 512)
    action, resource = IMAGES[path]
    async with workshop(tmp_path) as shop:
        await filled(shop)
        query = QUERIES.get(path.rpartition("/")[2], "")
        whole = Reader(shop.app, path, token=shop.token(action, resource), query=query)
        await whole.gone()
        assert (whole.status, whole.ended) == (200, True)
        reader = Reader(shop.app, path, token=shop.token(action, resource), query=query, reads=1)
        await asyncio.wait_for(reader.stands.wait(), 5)
        shop.lessor.ended_sessions.add("s-1")
        await shop.clock.advance(1)
        shop.confirm()
        await reader.gone()
        assert (len(reader.parts), reader.ended) == (1, False)


async def test_a_reader_who_reads_on_gets_no_part_more_once_the_right_has_ended() -> None:
    holds = True

    async def parts(request: Request) -> Response:
        last_while(request.scope, lambda: holds)

        async def body() -> object:
            nonlocal holds
            yield b"a picture"
            holds = False
            yield b"one picture too many"

        return StreamingResponse(body(), media_type="video/mp4")  # type: ignore[arg-type]  # an async generator

    cut: list[int] = []
    reader = Reader(Guarded(_app_of(parts), lambda: cut.append(1)), "/x")
    await reader.gone()
    assert (reader.parts, reader.ended, cut) == ([b"a picture"], False, [1])


async def test_who_waits_for_the_first_part_as_the_right_ends_is_refused() -> None:
    began, holds = asyncio.Event(), True

    async def slow(request: Request) -> Response:
        last_while(request.scope, lambda: holds)
        began.set()
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    reader = Reader(Guarded(_app_of(slow), lambda: None), "/x")
    await asyncio.wait_for(began.wait(), 5)
    holds = False
    await reader.gone()
    assert (reader.status, json.loads(b"".join(reader.parts))["status"]) == (403, 403)


@pytest.mark.parametrize("media_type", ["video/mp4", "image/jpeg", "application/zip"])
async def test_a_route_that_shows_images_and_asks_for_no_ticket_cannot_be_served(media_type: str) -> None:
    async def careless() -> Response:
        return Response(b"a picture", media_type=media_type)

    reader = Reader(Guarded(_app_of(careless), lambda: None), "/x")
    with pytest.raises(AssertionError, match="without a right"):
        await reader.gone()
    assert (reader.status, reader.parts) == (0, [])


async def test_who_is_answered_leaves_nothing_running() -> None:
    async def well() -> Response:
        return Response(b"{}", media_type="application/json")

    before = len(asyncio.all_tasks())
    reader = Reader(Guarded(_app_of(well), lambda: None), "/x")
    await reader.gone()
    await eventually(lambda: len(asyncio.all_tasks()) == before, what="the end of its tasks")
    assert LOOK_EVERY_S < 2


def _app_of(handler: Callable[..., Awaitable[Response]]) -> ASGIApp:
    router = APIRouter()
    router.add_api_route("/x", handler, response_model=None)
    return build_app([router], "")
