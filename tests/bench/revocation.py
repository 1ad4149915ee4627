"""How long pictures go on after the right to them has ended, in a whole demo: each way to see, each cause."""

import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.bench.tables import Cell, Table
from tests.support.client import Json, camera_body, signed_in
from tests.support.ports import free_port
from tests.support.ways import (
    OF_CAMERA,
    OF_SESSION,
    WATCHED,
    WAYS,
    Cause,
    Scene,
    Viewing,
    camera_changed,
    goes_on_s,
    prepared,
    signs_out,
)
from tests.support.whole import WholeSystem

_RECORDED_S = 25
_UNTIL_NEXT_S = 2


def run() -> Table:
    """The table: a row a cause, seconds from it to the last packet or byte of each way."""
    rows = asyncio.run(_measure())
    return Table(
        "revocation",
        "Seconds from the end of a right to the last packet or byte",
        ["cause", "aim", *WAYS],
        rows,
        note="Nothing: that way is not ended by this cause. The tap is what the commune's worker publishes, "
        "as its counter tells: by the group of pictures, of 2 s here. "
        "Where control_room or Redis is down the aim is the time after which nothing is shown that nobody "
        "confirms. Without Redis an administrator who is signed in removes the person.",
    )


async def _measure() -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    port = free_port()
    camera = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ingest.simulator", "--port", str(port), WATCHED],
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    with tempfile.TemporaryDirectory() as folder:
        system = WholeSystem(Path(folder) / "data")
        await system.start()
        try:
            async with signed_in(system.url, "admin") as admin, signed_in(system.url, "commune") as commune:
                scene = await prepared(
                    system, admin, commune, f"rtsp://127.0.0.1:{port}/watched", _RECORDED_S
                )
                for name, cause, ways, aim_s in CAUSES:
                    rows.append([name, aim_s, *await _row(scene, cause, ways)])
        finally:
            await system.stop()
            camera.terminate()
            await camera.wait()
    return rows


async def _row(scene: Scene, cause: Cause, ways: Sequence[str]) -> list[Cell]:
    found = await goes_on_s(scene, cause, ways)
    await _put_right(scene)
    return [_cell(found[way]) if way in found else None for way in WAYS]


def _cell(last_s: float | None) -> Cell:
    return "goes on" if last_s is None else last_s


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


_TOLD_S = 2
_UNCONFIRMED_S = 10
CAUSES: tuple[tuple[str, Cause, Sequence[str], int], ...] = (
    ("sign-out", signs_out, OF_SESSION, _TOLD_S),
    ("person removed", _removed, OF_SESSION, _TOLD_S),
    ("password", _changed({"password": "another phrase of the bench"}), OF_SESSION, _TOLD_S),
    ("communes", _changed({"communes": ["59350"]}), OF_SESSION, _TOLD_S),
    ("role", _changed({"kind": "commune"}), OF_SESSION, _TOLD_S),
    ("switched off", _changed({"enabled": False}), OF_SESSION, _TOLD_S),
    ("idle end", _aged("renewed_s", 1800), OF_SESSION, _TOLD_S),
    ("absolute end", _aged("until_s", 0), OF_SESSION, _TOLD_S),
    ("Redis down, removed", _without_redis, OF_SESSION, _UNCONFIRMED_S),
    ("control_room down", _without_control_room, OF_SESSION, _UNCONFIRMED_S),
    ("authorisation withdrawn", camera_changed({"authorisation": None}), OF_CAMERA, _TOLD_S),
    ("camera removed", _camera_removed, OF_CAMERA, _TOLD_S),
)
