"""Every error leaves as a problem."""

import httpx
import pytest

from tests.unit.control_room.room import Room


def is_problem(answer: httpx.Response) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["status"] == answer.status_code
        and body["type"].startswith("urn:beffroi:problem:")
        and bool(body["detail"])
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("PUT", "/api/v1/session", 405),
        ("GET", "/api/v1/session", 401),
        ("GET", "/api/v1/worker/cameras", 401),
        ("POST", "/api/v1/session", 400),
    ],
)
async def test_every_error_is_a_problem(room: Room, method: str, path: str, status: int) -> None:
    async with room.anonymous() as browser:
        answer = await browser.request(method, path, json={} if method != "GET" else None)
    assert answer.status_code == status
    assert is_problem(answer)


async def test_a_wrong_method_is_told_the_right_ones(room: Room) -> None:
    async with room.anonymous() as browser:
        assert (await browser.put("/api/v1/session", json={})).headers["allow"]


async def test_every_field_at_fault_is_named_and_no_value_is_quoted(
    room: Room, admin: httpx.AsyncClient
) -> None:
    body = {"login": "Bad Login Zq81", "name": "", "kind": "kingZq81", "password": ["Zq81"], "more": "Zq81"}
    answer = await admin.post("/people", json=body)
    assert is_problem(answer)
    assert {error["field"] for error in answer.json()["errors"]} == {
        "login",
        "name",
        "kind",
        "password",
        "more",
    }
    assert "Zq81" not in answer.text


async def test_text_that_is_no_json_is_a_problem(room: Room) -> None:
    async with room.anonymous() as browser:
        headers = {"content-type": "application/json"}
        answer = await browser.post("/api/v1/session", content=b'{"login": Zq81', headers=headers)
    assert answer.status_code == 400
    assert is_problem(answer)
    assert "Zq81" not in answer.text
