"""How long pictures go on after the right to them has ended, in a whole demo: each way to see, each cause.

Two people of their own open all ways: one watches a camera and a wall of it, one plays and downloads, reading
slowly. Then the cause; what counts is when the last packet or byte came.
"""

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.bench.tables import Cell, Table
from tests.support.client import PASSWORD, Json, Person, camera_body, rfc3339, signed_in
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.light_client import Browser, LightClient
from tests.support.light_sdp import Place, offer
from tests.support.ports import free_port
from tests.support.wall import wall
from tests.support.whole import WholeSystem, command_line, descendants

WAYS = ("live", "wall", "playback", "download", "tap")
_COMMUNE = "59346"
_OPTIONS = "loop:gop=2:kbps=4000:size=640x360"
_RECORDED_S = 25
_SLOWLY_S = 0.05
_QUIET_S = 2.0
_MOST_S = 15.0
_UNTIL_NEXT_S = 2
_WORKERS = 3
_BROWSER = Browser()


@dataclass
class Seen:
    """When the last of each way came, by the monotonic clock."""

    last_s: dict[str, float] = field(default_factory=dict)

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
    people: int = 0
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


def run() -> Table:
    """The table: a row a cause, seconds from it to the last packet or byte of each way."""
    rows = asyncio.run(_measure())
    return Table(
        "revocation",
        "Seconds from the end of a right to the last packet or byte",
        ["cause", *WAYS],
        rows,
        dict.fromkeys(WAYS, "2"),
        "Nothing: that way is not ended by this cause. The tap is what the commune's worker publishes, "
        "as its counter tells: by the group of pictures, of 2 s here. "
        "Without control_room everything ends after 10 s; without Redis an administrator who is signed in "
        "removes the person.",
    )


async def _measure() -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    port = free_port()
    camera = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ingest.simulator", "--port", str(port), f"watched:{_OPTIONS}"],
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    with tempfile.TemporaryDirectory() as folder:
        system = WholeSystem(Path(folder) / "data")
        await system.start()
        try:
            async with signed_in(system.url, "admin") as admin, signed_in(system.url, "commune") as commune:
                scene = await _prepared(system, admin, commune, f"rtsp://127.0.0.1:{port}/watched")
                for name, cause, ways in CAUSES:
                    rows.append([name, *await _row(scene, cause, ways)])
        finally:
            await system.stop()
            camera.terminate()
            await camera.wait()
    return rows


async def _prepared(system: WholeSystem, admin: Person, commune: Person, address: str) -> Scene:
    """A camera that is recorded for a while, and an export of that."""
    camera = await commune.made("/cameras", camera_body("Watched", address, commune=_COMMUNE))
    await commune.reaches(camera["id"], "live")
    begun = datetime.now(UTC)
    await asyncio.sleep(_RECORDED_S)
    scene = Scene(system, admin, commune, str(camera["id"]), begun)
    async with signed_in(system.url, "juriste") as legal:
        order: Json = {
            "reference": "bench",
            "authority": "bench",
            "cameras": [scene.camera],
            "from": rfc3339(begun),
            "to": rfc3339(begun + timedelta(seconds=_RECORDED_S - 3)),
            "motive": "bench",
        }
        scene.export = str((await legal.made("/exports", order))["id"])

        async def done() -> bool:
            return bool((await legal.get(f"/exports/{scene.export}")).json()["status"] == "done")

        await eventually(done, within_s=60, what="the export")
    return scene


async def _row(scene: Scene, cause: Cause, ways: Sequence[str]) -> list[Cell]:
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
        await _put_right(scene)
    return [_cell(seen, way, began_s, now_s) if way in ways else None for way in WAYS]


def _cell(seen: Seen, way: str, began_s: float, now_s: float) -> Cell:
    last_s = seen.last_s[way]
    return "goes on" if now_s - last_s < _QUIET_S / 2 else max(0.0, last_s - began_s)


async def _opened(stack: AsyncExitStack, scene: Scene, seen: Seen, ways: Sequence[str]) -> Viewing:
    """Two new people, and all that they see."""
    url, ids, people = scene.system.url, [], []
    for kind in ("operator", "legal"):
        scene.people += 1
        login = f"bench{scene.people}"
        body: Json = {"login": login, "name": login, "kind": kind, "communes": [_COMMUNE]}
        made = await scene.admin.made("/people", {**body, "password": PASSWORD})
        ids.append(str(made["id"]))
        people.append(await stack.enter_async_context(signed_in(url, login)))
    operator, legal = people
    sessions = [str((await person.get("/session")).json()["session"]) for person in people]
    watch: Json = {"motive": "bench"}
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


async def _signs_out(viewing: Viewing) -> None:
    for person in viewing.people:
        assert (await person.delete("/session")).status_code == 204


def _changed(change: Json) -> Cause:
    async def cause(viewing: Viewing) -> None:
        for id in viewing.ids:
            assert (await viewing.scene.admin.patch(f"/people/{id}", change)).is_success

    return cause


async def _removed(viewing: Viewing) -> None:
    for id in viewing.ids:
        assert (await viewing.scene.admin.delete(f"/people/{id}")).is_success


def _aged(column: str, seconds: int) -> Cause:
    """A session's end comes by itself: its row says that it is a second away."""

    async def cause(viewing: Viewing) -> None:
        due_s = int(time.time()) + 1
        await asyncio.to_thread(_age, viewing, column, due_s - seconds)
        await asyncio.sleep(due_s - time.time())

    return cause


def _age(viewing: Viewing, column: str, value: int) -> None:
    with closing(sqlite3.connect(viewing.scene.database, timeout=10)) as database, database:
        for session in viewing.sessions:
            database.execute(f"UPDATE sessions SET {column} = ? WHERE id = ?", (value, session))


def _camera(change: Json) -> Cause:
    async def cause(viewing: Viewing) -> None:
        scene = viewing.scene
        assert (await scene.commune.patch(f"/cameras/{scene.camera}", change)).is_success

    return cause


async def _camera_removed(viewing: Viewing) -> None:
    assert (await viewing.scene.commune.delete(f"/cameras/{viewing.scene.camera}")).is_success


async def _without_redis(viewing: Viewing) -> None:
    viewing.scene.stop(f":{viewing.scene.system.ports.redis}")
    await _removed(viewing)


async def _without_control_room(viewing: Viewing) -> None:
    viewing.scene.stop("-m control_room")


async def _put_right(scene: Scene) -> None:
    for pid in scene.stopped:
        os.kill(pid, signal.SIGCONT)
    if scene.stopped:
        scene.stopped.clear()
        await asyncio.sleep(_UNTIL_NEXT_S)
    found = (await scene.commune.get(f"/cameras/{scene.camera}")).json()
    if found.get("blocked_reason"):
        permit = camera_body("", "")["authorisation"]
        assert (await scene.commune.patch(f"/cameras/{scene.camera}", {"authorisation": permit})).is_success
        await scene.commune.reaches(scene.camera, "live")
        await asyncio.sleep(_UNTIL_NEXT_S)


_ALL = ("live", "wall", "playback", "download")
_OF_CAMERA = ("live", "wall", "playback", "tap")
CAUSES: tuple[tuple[str, Cause, Sequence[str]], ...] = (
    ("sign-out", _signs_out, _ALL),
    ("person removed", _removed, _ALL),
    ("password", _changed({"password": "another phrase of the bench"}), _ALL),
    ("communes", _changed({"communes": ["59350"]}), _ALL),
    ("role", _changed({"kind": "commune"}), _ALL),
    ("switched off", _changed({"enabled": False}), _ALL),
    ("idle end", _aged("renewed_s", 1800), _ALL),
    ("absolute end", _aged("until_s", 0), _ALL),
    ("Redis down, removed", _without_redis, _ALL),
    ("control_room down", _without_control_room, _ALL),
    ("authorisation withdrawn", _camera({"authorisation": None}), _OF_CAMERA),
    ("camera removed", _camera_removed, _OF_CAMERA),
)
