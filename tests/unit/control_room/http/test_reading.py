"""A GET changes nothing: no row but the journal's, and what a session does not outlive."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import httpx

from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from tests.unit.control_room.http.test_matrix import filled, operations, things
from tests.unit.control_room.room import LILLE, Room

_NOT_LOOKED_AT = {"journal", "journal_head", "sessions"}


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those of the journal and of sessions."""
    with closing(sqlite3.connect(folder / "control_room.db")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(db.execute(f"SELECT * FROM {table}"), key=repr)
            for table in tables
            if table not in _NOT_LOOKED_AT
        }


async def read_all(browsers: Iterable[httpx.AsyncClient], ids: dict[str, str]) -> list[int]:
    """The status of each GET there is, asked by each."""
    statuses = []
    for browser in browsers:
        browser.base_url = httpx.URL("http://control.test")
        for method, path in operations().values():
            if method == "get":
                statuses.append((await browser.get(filled(path, ids))).status_code)
    return statuses


async def test_whatever_storage_answers_reading_keeps_nothing_of_it(
    room: Room, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    ids = await things(room, admin)
    # Another answer than the one that is kept.
    room.storage.status = ExportStatus.RUNNING
    legal = await room.signed_in(Role.LEGAL, LILLE)
    before = rows(tmp_path)
    asked = len(room.storage.asked)
    statuses = await read_all([admin, legal], ids)
    room.storage.orders.clear()
    room.storage.away = True
    statuses += await read_all([legal], ids)
    assert statuses.count(200) >= 20
    assert rows(tmp_path) == before
    # A survey asks with a body, and changes nothing: the contract with storage says so.
    told = [request for request in room.storage.asked[asked:] if request.url.path != "/survey"]
    assert {request.method for request in told} == {"GET"}


async def test_an_export_that_storage_has_no_more_is_told_so_without_being_ordered_again(
    room: Room, admin: httpx.AsyncClient, tmp_path: Path
) -> None:
    ids = await things(room, admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.orders.clear()
    before = rows(tmp_path)
    assert (await legal.get(f"/exports/{ids['export_id']}")).json()["status"] == "destroyed"
    assert rows(tmp_path) == before
    assert room.storage.orders == {}
