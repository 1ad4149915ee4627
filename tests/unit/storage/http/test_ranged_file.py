"""A file goes out whole, by ranges, or not at all."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from storage.http.http_errors import install
from storage.http.ranged_file import RangedFile


async def asked(path: Path, wanted: str = "") -> httpx.Response:
    app = FastAPI()
    install(app)
    app.add_api_route("/file", lambda: RangedFile(path), response_model=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://storage") as client:
        return await client.get("/file", headers={"range": wanted} if wanted else {})


async def test_a_range_is_those_bytes_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    whole, some = await asked(tmp_path / "a"), await asked(tmp_path / "a", "bytes=2-4")
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert (some.status_code, some.content) == (206, b"234")


@pytest.mark.parametrize(("wanted", "status"), [("bytes=20-30", 416), ("bytes=x-y", 400)])
async def test_a_range_that_cannot_be_had_is_a_problem_in_words(
    tmp_path: Path, wanted: str, status: int
) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    answer = await asked(tmp_path / "a", wanted)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_file_that_is_gone_is_not_found(tmp_path: Path) -> None:
    assert (await asked(tmp_path / "gone")).status_code == 404
