"""What goes wrong is answered as a problem."""

from pathlib import Path

import pytest

from tests.unit.storage.workshop import workshop


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/lease", 405), ("PUT", "/exports/NO", 400)],
)
async def test_whatever_was_wrong_the_answer_is_a_problem_in_words(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.http.request(method, path, content=b"{}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
