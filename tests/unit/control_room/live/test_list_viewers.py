"""Who watches what: all for an administrator, their own cameras without names for a commune."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from control_room.model.people import Role
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, ROUBAIX, Room, open_room


@pytest.fixture
async def room(tmp_path: Path, template: Path) -> AsyncIterator[Room]:
    async with open_room(
        tmp_path, template=template, more={"mux_urls": "https://mux-a.test,https://mux-b.test"}
    ) as made:
        await made.rooms.live.muxes.look()
        yield made


def watcher(name: str, subject: str, *tiles: dict[str, object]) -> dict[str, object]:
    standing = {"rtt_ms": 21.5, "loss": 0.02, "bitrate_kbps": 2000, "tiles": tiles}
    return {"id": name, "subject": subject, "session": "s-1", "wall": len(tiles) > 1, **standing}


def tile(camera: str | None, **more: object) -> dict[str, object]:
    return {"mid": "0", "camera": camera, "kind": "main", "bitrate_kbps": 2000, "stale": None, **more}


async def test_an_administrator_sees_every_viewer_by_name(room: Room, admin: httpx.AsyncClient) -> None:
    somebody = await room.person(Role.OPERATOR, [LILLE], "c.dubois")
    why = {"code": "tile-packets-lost", "params": {"percent": "25"}}
    stale = tile(
        f"{LILLE}/cam-1", stale="link", reason="packets are lost", freezes=3, first_frame_ms=180, why=why
    )
    room.muxes.watching["mux-a.test"] = [watcher("secret-1", somebody.id, stale)]
    room.muxes.watching["mux-b.test"] = [watcher("secret-2", "p-gone", tile(f"{ROUBAIX}/cam-2"))]
    told = (await admin.get("/viewers")).json()
    first, second = told["viewers"]
    assert first["person"] == {"id": somebody.id, "login": "c.dubois", "name": "C.Dubois"}
    assert (first["mux"], first["rtt_ms"], first["loss"]) == ("https://mux-a.test", 21.5, 0.02)
    shown = first["tiles"][0]
    assert (shown["camera"], shown["commune"], shown["bitrate_kbps"]) == ("cam-1", LILLE, 2000)
    assert (shown["stale"], shown["reason"], shown["freezes"]) == ("link", "packets are lost", 3)
    assert (shown["first_frame_ms"], shown["why"]) == (180, why)
    assert (second["person"], second["mux"]) == (None, "https://mux-b.test")


async def test_a_commune_sees_its_own_cameras_and_no_name(room: Room) -> None:
    somebody = await room.person(Role.OPERATOR, [LILLE, ROUBAIX], "c.dubois")
    wall = watcher("secret-1", somebody.id, tile(f"{LILLE}/cam-1"), tile(f"{ROUBAIX}/cam-2"), tile(None))
    other = watcher("secret-2", somebody.id, tile(f"{ROUBAIX}/cam-2"))
    room.muxes.watching["mux-a.test"] = [wall, other]
    commune = await room.signed_in(Role.COMMUNE, LILLE)
    answer = await commune.get("/viewers")
    (seen,) = answer.json()["viewers"]
    assert [one["camera"] for one in seen["tiles"]] == ["cam-1"]
    assert seen["person"] is None
    assert not any(text in answer.text for text in ("dubois", somebody.id, "cam-2", ROUBAIX))


async def test_the_name_that_ends_a_session_at_the_mux_is_told_to_nobody(
    room: Room, admin: httpx.AsyncClient
) -> None:
    room.muxes.watching["mux-a.test"] = [watcher("secret-1", "p-1", tile(f"{LILLE}/cam-1"))]
    first, again = (await admin.get("/viewers")).text, (await admin.get("/viewers")).text
    assert "secret-1" not in first
    assert first == again


async def test_a_mux_is_asked_with_a_ticket_for_its_viewers(room: Room, admin: httpx.AsyncClient) -> None:
    await admin.get("/viewers")
    assert len(room.muxes.tickets) == 2
    for token in room.muxes.tickets:
        room.verifier.verify(token, Action.STATUS, "viewers")


async def test_a_mux_that_does_not_answer_is_named_and_hides_no_other(
    room: Room, admin: httpx.AsyncClient
) -> None:
    room.muxes.away.add("mux-a.test")
    room.muxes.watching["mux-b.test"] = [watcher("secret-2", "p-1", tile(f"{LILLE}/cam-1"))]
    await room.rooms.live.muxes.look()
    told = (await admin.get("/viewers")).json()
    assert [(mux["health"], mux["viewers"]) for mux in told["muxes"]] == [("dead", None), ("living", 0)]
    assert "cannot be reached" in told["muxes"][0]["reason"]
    assert told["muxes"][0]["why"]["code"] == "mux-unreachable"
    assert len(told["viewers"]) == 1


async def test_an_answer_of_a_mux_that_cannot_be_read_is_said(room: Room, admin: httpx.AsyncClient) -> None:
    room.muxes.watching["mux-a.test"] = [{"id": 7}]
    told = (await admin.get("/viewers")).json()
    assert "cannot be read" in told["muxes"][0]["reason"]
