"""The page, which answers for every address that is none of the API's."""

from pathlib import Path

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
