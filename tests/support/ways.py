"""All the ways somebody sees a camera of a whole system, and how long each goes on once a right has ended.

Two people of their own open all ways: one watches a camera and a wall of it, one plays and downloads, reading
slowly. Then the cause; what counts is when the last packet or byte came.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.support.client import PASSWORD, Json, Person, camera_body, rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.wall import wall
from tests.support.whole import WholeSystem, command_line, descendants

WAYS = ("live", "wall", "playback", "download", "tap")
OF_SESSION = ("live", "wall", "playback", "download")
"""What ends with a session."""
OF_CAMERA = ("live", "wall", "playback", "tap")
"""What ends with a camera's authorisation: packages that are made stay."""
WATCHED = "watched:loop:gop=2:kbps=4000:size=640x360"
"""A simulated camera that sends enough for slow readers to be at it for a while."""
_COMMUNE = "59346"
_SLOWLY_S = 0.05
_QUIET_S = 2.0
_MOST_S = 15.0
_WORKERS = 3
_BROWSER = Browser()


@dataclass
class Seen:
    """When the last of each way came, by the monotonic clock; which bodies came to their end in good form."""

    last_s: dict[str, float] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def now(self, way: str) -> None:
        self.last_s[way] = time.monotonic()


@dataclass
class Scene:
    """The demo, who administers it, and the camera that is watched since `begun`."""

    system: WholeSystem
    admin: Person
    commune: Person
    camera: str
    begun: datetime
    export: str = ""
    people: list[str] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.system.data_dir / "control_room" / "control_room.sqlite"

    def stop(self, words: str) -> None:
        """Let the service whose command line says this stand still: nobody starts another in its place."""
        found = [pid for pid in descendants(self.system.pid) if words in " ".join(command_line(pid))]
        assert found, f"no process says {words}"
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
        self.stopped += found


@dataclass(frozen=True, slots=True)
class Viewing:
    """Whose rights a cause may end."""

    scene: Scene
    people: tuple[Person, Person]
    ids: tuple[str, str]
    sessions: tuple[str, str]


Cause = Callable[[Viewing], Awaitable[None]]


async def prepared(
    system: WholeSystem, admin: Person, commune: Person, address: str, recorded_s: float
) -> Scene:
    """A camera that is recorded for a while, and an export of that."""
    camera = await commune.made("/cameras", camera_body("Watched", address, commune=_COMMUNE))
    await commune.reaches(camera["id"], "live")
    begun = datetime.now(UTC)
    await asyncio.sleep(recorded_s)
    scene = Scene(system, admin, commune, str(camera["id"]), begun)
    async with signed_in(system.url, "juriste") as legal:
        order: Json = {
            "reference": "the ways to see",
            "authority": "the ways to see",
            "cameras": [scene.camera],
            "from": rfc3339(begun),
            "to": rfc3339(begun + timedelta(seconds=recorded_s - 3)),
            "motive": "the ways to see",
        }
        scene.export = str((await legal.made("/exports", order))["id"])

        async def done() -> bool:
            return bool((await legal.get(f"/exports/{scene.export}")).json()["status"] == "done")

        await eventually(done, within_s=60, what="the export")
    return scene


async def goes_on_s(scene: Scene, cause: Cause, ways: Sequence[str]) -> dict[str, float | None]:
    """Seconds from a cause to the last of each way; None for one that goes on."""
    seen = Seen()
    async with AsyncExitStack() as stack:
        viewing = await _opened(stack, scene, seen, ways)
        await eventually(lambda: set(ways) <= seen.last_s.keys(), within_s=30, what=f"{ways} being seen")
        began_s = time.monotonic()
        await cause(viewing)
        while time.monotonic() - began_s < _MOST_S:
            await asyncio.sleep(0.1)
            if time.monotonic() - max(seen.last_s[way] for way in ways) > _QUIET_S:
                break
        now_s = time.monotonic()
    assert not seen.whole, f"not cut off, but read to the end: {seen.whole}"
    return {way: _until_s(seen.last_s[way], began_s, now_s) for way in ways}


def _until_s(last_s: float, began_s: float, now_s: float) -> float | None:
    return None if now_s - last_s < _QUIET_S / 2 else max(0.0, last_s - began_s)


async def _opened(stack: AsyncExitStack, scene: Scene, seen: Seen, ways: Sequence[str]) -> Viewing:
    """Two new people, and all that they see."""
    url, ids, people = scene.system.url, [], []
    for kind in ("operator", "legal"):
        login = f"{kind}{scene.camera[-6:]}{len(scene.people)}"
        body: Json = {"login": login, "name": login, "kind": kind, "communes": [_COMMUNE]}
        made = await scene.admin.made("/people", {**body, "password": PASSWORD})
        ids.append(str(made["id"]))
        scene.people.append(ids[-1])
        people.append(await stack.enter_async_context(signed_in(url, login)))
    operator, legal = people
    sessions = [str((await person.get("/session")).json()["session"]) for person in people]
    watch: Json = {"motive": "the ways to see"}
    opened = await operator.made(f"/cameras/{scene.camera}/live", watch)
    client = await stack.enter_async_context(_watching(str(opened["url"]), str(opened["ticket"])))
    _follow(stack, seen, "live", lambda: client.received.packets)
    opened = await operator.made("/wall", {"cameras": [scene.camera], **watch})
    tiles = wall(str(opened["mux"]), str(opened["ticket"]), 1, _BROWSER)
    shown = await stack.enter_async_context(tiles)
    _follow(stack, seen, "wall", lambda: shown.received.packets)
    when = {"from": rfc3339(scene.begun), "to": rfc3339(datetime.now(UTC))}
    opened = await legal.made(f"/cameras/{scene.camera}/playback", {**watch, **when})
    media = f"{opened['url']}/media?from={when['from']}&ticket={opened['ticket']}"
    _read(stack, seen, "playback", media)
    opened = await legal.made(f"/exports/{scene.export}/download", watch)
    _read(stack, seen, "download", str(opened["url"]))
    if "tap" in ways:
        _run(stack, _look_at_tap(scene, seen))
    return Viewing(scene, (operator, legal), (ids[0], ids[1]), (sessions[0], sessions[1]))


@asynccontextmanager
async def _watching(url: str, ticket: str) -> AsyncIterator[LightClient]:
    headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {ticket}"}
    async with local_client(timeout=15) as http:
        answer = await http.post(url, content=offer(_BROWSER.fingerprint), headers=headers)
    assert answer.status_code == 201, answer.text
    client = LightClient(_BROWSER, Place.read(answer.text))
    try:
        await client.connect()
        yield client
    finally:
        client.close()


def _run(stack: AsyncExitStack, work: Coroutine[object, object, None]) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


def _follow(stack: AsyncExitStack, seen: Seen, way: str, packets: Callable[[], int]) -> None:
    async def look() -> None:
        before = 0
        while True:
            if packets() > before:
                before = packets()
                seen.now(way)
            await asyncio.sleep(0.02)

    _run(stack, look())


def _read(stack: AsyncExitStack, seen: Seen, way: str, url: str) -> None:
    """Read slowly, with little room: what is not read yet has mostly not arrived."""
    place = urlsplit(url)

    async def read() -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
            connection.setblocking(False)
            await loop.sock_connect(connection, (str(place.hostname), place.port or 80))
            head = f"GET {place.path}?{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n"
            await loop.sock_sendall(connection, head.encode())
            with suppress(OSError):
                while await loop.sock_recv(connection, 16 << 10):
                    seen.now(way)
                    await asyncio.sleep(_SLOWLY_S)
                seen.whole.add(way)

    _run(stack, read())


async def _look_at_tap(scene: Scene, seen: Seen) -> None:
    """What the commune's worker says it has published of the camera."""
    stream, before = f'stream="{_COMMUNE}/{scene.camera}/main"', 0.0
    first = scene.system.ports.status_ingest
    async with local_client(timeout=2) as http:
        while True:
            for port in range(first, first + _WORKERS):
                with suppress(OSError, httpx.HTTPError):
                    text = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
                    lines = [line for line in text.splitlines() if stream in line]
                    units = [line for line in lines if line.startswith("ingest_units_total")]
                    if units and float(units[0].split()[-1]) > before:
                        before = float(units[0].split()[-1])
                        seen.now("tap")
            await asyncio.sleep(0.1)


async def signs_out(viewing: Viewing) -> None:
    """Both people sign out."""
    for person in viewing.people:
        assert (await person.delete("/session")).status_code == 204


def camera_changed(change: Json) -> Cause:
    """The camera's commune changes it."""

    async def cause(viewing: Viewing) -> None:
        scene = viewing.scene
        assert (await scene.commune.patch(f"/cameras/{scene.camera}", change)).is_success

    return cause
