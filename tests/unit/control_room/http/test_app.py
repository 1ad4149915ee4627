"""What surrounds every route: problems, forged requests, headers, the page."""

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from control_room.http.app import create_app
from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, PASSWORD, Room, camera_body

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


async def test_without_a_built_page_the_api_works_and_the_page_says_so(room: Room) -> None:
    async with room.anonymous() as browser:
        answer = await browser.get("/")
        assert answer.status_code == 404
        assert is_problem(answer)
        assert (await browser.get("/api/v1/openapi.json")).status_code == 200


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Beffroi</title>")
    (folder / "assets" / "main-4f2a.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("Zq81")
    return folder


@pytest.mark.usefixtures("page")
async def test_the_page_answers_for_its_own_addresses(room: Room) -> None:
    async with room.anonymous() as browser:
        for path in ("/", "/wall", "/cameras/cam-1", "/index.html"):
            answer = await browser.get(path)
            assert "Beffroi" in answer.text
            assert answer.headers["cache-control"] == "no-cache"
        script = await browser.get("/assets/main-4f2a.js")
        assert "immutable" in script.headers["cache-control"]
        assert (await browser.get("/assets/gone.js")).status_code == 404


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "//etc/passwd", "/%00"]
)
async def test_no_path_leads_out_of_the_page(room: Room, path: str) -> None:
    async with room.anonymous() as browser:
        answer = await browser.get(path)
    assert "Zq81" not in answer.text
    assert "root:" not in answer.text


def test_the_document_is_the_same_each_time_and_names_each_operation_once() -> None:
    first, second = create_app().openapi(), create_app().openapi()
    assert first == second
    assert first["openapi"].startswith("3.1")
    names = [one["operationId"] for item in first["paths"].values() for one in item.values()]
    assert len(names) == len(set(names))


def test_every_body_of_the_document_has_an_example() -> None:
    schemas = create_app().openapi()["components"]["schemas"]
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path, item in create_app().openapi()["paths"].items()
        for operation in item.values()
        if "requestBody" in operation and "/worker/" not in path and "/recorder/" not in path
    }
    assert [name for name in sorted(bodies) if not schemas[name].get("examples")] == []


def test_every_error_of_the_document_is_a_problem() -> None:
    for item in create_app().openapi()["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@hypothesis(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(field=st.sampled_from(sorted([*camera_body(), "lat", "lon", "recorded"])), value=JSON)
async def test_no_body_of_a_camera_is_an_unforeseen_error(
    room: Room, admin: httpx.AsyncClient, field: str, value: object
) -> None:
    answer = await admin.post("/cameras", json=camera_body(LILLE) | {field: value})
    assert answer.status_code in (201, 400)
