"""Reasons come with codes, and at the field at fault."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import Room

LILLE = "59350"


def person(login: str) -> dict[str, object]:
    return {
        "login": login,
        "name": "N",
        "kind": "operator",
        "communes": [LILLE],
        "password": "a long pass phrase",
    }


async def test_a_duplicate_login_is_told_by_a_code_at_its_field(room: Room, admin: httpx.AsyncClient) -> None:
    await room.camera(admin)
    await admin.post("/people", json=person("c.dubois"))
    told = (await admin.post("/people", json=person("c.dubois"))).json()
    assert told["why"] == {"code": "login-taken", "params": {"login": "c.dubois"}}
    assert told["field"] == "login"


async def test_a_duplicate_commune_is_told_by_a_code_at_its_field(
    room: Room, admin: httpx.AsyncClient
) -> None:
    await room.camera(admin)
    commune = {"code": LILLE, "name": "Lille", "population": 1, "has_csu": False}
    told = (await admin.post("/communes", json=commune)).json()
    assert (told["why"]["code"], told["field"]) == ("commune-taken", "code")


async def test_the_journal_tells_a_refusal_by_its_code(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    await operator.post(
        f"/cameras/{camera}/playback",
        json={"motive": "x", "from": "2026-11-20T20:00:00Z", "to": "2026-11-20T20:10:00Z"},
    )
    (entry,) = [one for one in (await admin.get("/journal")).json()["items"] if one["outcome"] == "refused"]
    assert entry["why"] == {"code": "not-for-kind", "params": {"action": "playback", "kind": "operator"}}
    assert entry["detail"] == "playback is not for the kind operator"


async def test_a_name_in_the_journal_is_a_parameter_and_the_sentence(
    room: Room, admin: httpx.AsyncClient
) -> None:
    await room.camera(admin)
    (entry,) = [
        one for one in (await admin.get("/journal")).json()["items"] if one["action"] == "create-camera"
    ]
    assert entry["why"] == {"code": "named", "params": {"name": entry["detail"]}}


async def test_a_range_in_the_journal_is_two_times(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    asked = {"motive": "x", "from": "2026-11-20T20:00:00Z", "to": "2026-11-20T20:10:00Z"}
    assert (await legal.post(f"/cameras/{camera}/playback", json=asked)).status_code == 201
    (entry,) = [one for one in (await admin.get("/journal")).json()["items"] if one["action"] == "playback"]
    assert entry["why"] == {
        "code": "range-asked",
        "params": {"start": "2026-11-20T20:00:00+00:00", "end": "2026-11-20T20:10:00+00:00"},
    }


@pytest.mark.parametrize("login", ["nobody", "c.dubois"])
async def test_a_refused_sign_in_says_why_by_a_code(room: Room, admin: httpx.AsyncClient, login: str) -> None:
    await room.camera(admin)
    await admin.post("/people", json=person("c.dubois"))
    await room.anonymous().post("/api/v1/session", json={"login": login, "password": "not the one it is"})
    refused = [one for one in (await admin.get("/journal")).json()["items"] if one["outcome"] == "refused"]
    assert [one["why"]["code"] for one in refused] == [
        "login-unknown" if login == "nobody" else "password-wrong"
    ]
