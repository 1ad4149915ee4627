"""Opening an account."""

import httpx

from tests.unit.control_room.room import Room


async def test_two_people_cannot_have_one_login(room: Room, admin: httpx.AsyncClient) -> None:
    body = {"login": "twice", "name": "Twice", "kind": "operator", "password": "a long phrase"}
    assert (await admin.post("/people", json=body)).status_code == 201
    assert (await admin.post("/people", json=body)).status_code == 409


async def test_a_person_cannot_be_bound_to_an_unknown_commune(room: Room, admin: httpx.AsyncClient) -> None:
    body = {"login": "x1", "name": "X", "kind": "operator", "password": "a phrase", "communes": ["99999"]}
    answer = await admin.post("/people", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, "communes")
