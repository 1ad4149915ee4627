"""What wraps every answer: forgeries and huge bodies refused, headers that shield the page."""

import json

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import PASSWORD, Room

SIGN_IN = {"login": "somebody", "password": PASSWORD}


def is_problem(answer: httpx.Response) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["status"] == answer.status_code
        and body["type"].startswith("urn:beffroi:problem:")
        and bool(body["detail"])
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-beffroi": ""}, 403),
        ({"x-beffroi": "1", "content-type": "text/plain"}, 415),
        ({"x-beffroi": "1", "content-type": "application/x-www-form-urlencoded"}, 415),
        ({"x-beffroi": "1", "origin": "https://evil.test"}, 403),
        ({"x-beffroi": "1", "origin": "null"}, 403),
        ({"x-beffroi": "1", "origin": "http://control.test.evil.test"}, 403),
        ({"x-beffroi": "1", "sec-fetch-site": "cross-site"}, 403),
        ({"x-beffroi": "1", "sec-fetch-site": "same-site"}, 403),
        ({"x-beffroi": "1", "origin": "http://control.test", "sec-fetch-site": "same-origin"}, 200),
    ],
)
async def test_a_request_another_site_may_have_forged_is_refused(
    room: Room, headers: dict[str, str], status: int
) -> None:
    await room.person(Role.OPERATOR, login="somebody")
    async with room.anonymous() as browser:
        sent = {"content-type": "application/json"} | headers
        answer = await browser.post("/api/v1/session", content=json.dumps(SIGN_IN), headers=sent)
    assert answer.status_code == status


@pytest.mark.parametrize("length", [(1 << 20) + 1, 3 << 20])
async def test_a_huge_body_is_refused(room: Room, length: int) -> None:
    async with room.anonymous() as browser:
        headers = {"content-type": "application/json"}
        answer = await browser.post("/api/v1/session", content=b" " * length, headers=headers)
    assert answer.status_code == 413
    assert is_problem(answer)


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/openapi.json", "/", "/nothing"])
async def test_every_answer_is_shielded(room: Room, path: str) -> None:
    async with room.anonymous() as browser:
        headers = (await browser.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "connect-src 'self' https://mux.test https://storage.test" in policy
    assert "media-src 'self' blob:" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_an_answer_of_the_api_is_never_kept(room: Room, admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/cameras")).headers["cache-control"] == "no-store"
