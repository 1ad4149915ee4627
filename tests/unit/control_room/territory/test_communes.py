"""Communes, and lists that hold the caller's communes only."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


async def test_a_commune_with_cameras_cannot_be_removed(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, ROUBAIX)
    assert (await admin.delete(f"/communes/{ROUBAIX}")).status_code == 409
    await admin.delete(f"/cameras/{camera}")
    assert (await admin.delete(f"/communes/{ROUBAIX}")).status_code == 204
    assert (await admin.get(f"/communes/{ROUBAIX}")).status_code == 404


async def test_a_commune_cannot_be_created_twice(room: Room, admin: httpx.AsyncClient) -> None:
    body = {"code": LILLE, "name": "Lille", "population": 1}
    assert (await admin.post("/communes", json=body)).status_code == 409


async def test_a_list_of_cameras_is_paged_whole_and_without_doubles(
    room: Room, admin: httpx.AsyncClient
) -> None:
    made = {await room.camera(admin, code) for code in (LILLE, ROUBAIX, LILLE, ROUBAIX, LILLE)}
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = (await admin.get("/cameras", params=query)).json()
        seen += [camera["id"] for camera in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == made


async def test_a_list_holds_the_callers_communes_only(room: Room, admin: httpx.AsyncClient) -> None:
    own = await room.camera(admin, LILLE)
    await room.camera(admin, ROUBAIX)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    assert [one["id"] for one in (await operator.get("/cameras")).json()["items"]] == [own]
    assert [one["code"] for one in (await operator.get("/communes")).json()["items"]] == [LILLE]
    assert (await operator.get("/cameras", params={"commune": ROUBAIX})).status_code == 403


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwgImIiXQ==", "e30=", "é", "WyJcdWQ4MDAiXQ=="])
async def test_a_foreign_cursor_is_refused(room: Room, admin: httpx.AsyncClient, cursor: str) -> None:
    answer = await admin.get("/cameras", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


async def test_a_page_ends_well_also_behind_the_longest_name(room: Room, admin: httpx.AsyncClient) -> None:
    for _ in range(2):
        await room.camera(admin, LILLE, name="é\U0001f3a5" * 60)
    first = (await admin.get("/cameras", params={"limit": 1})).json()
    second = await admin.get("/cameras", params={"limit": 1, "cursor": first["next"]})
    assert (second.status_code, len(second.json()["items"]), second.json()["next"]) == (200, 1, None)
