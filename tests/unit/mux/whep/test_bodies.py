"""Bodies of requests, of the right kind and length."""

import json

import pytest

from mux.sdp.fragment import MEDIA_TYPE
from mux.sdp.offer import MOST_TILES
from tests.unit.mux.whep.test_routes import ask
from tests.unit.mux.whep.test_wall_http import REPORT, SESSION


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"tiles": [{"mid": "0", "freezes": -1}]}',
        '{"tiles": [{"mid": "0", "freeze_ms": 1e300}]}',
        '{"tiles": [{"freezes": 1}]}',
        json.dumps({"tiles": [{"mid": str(number)} for number in range(MOST_TILES + 1)]}),
        json.dumps({"tiles": [{"mid": "0" * 300}]}),
    ],
)
async def test_a_report_that_is_none_is_refused(body: str) -> None:
    answer = await ask(path=REPORT, body=body, content_type="application/json")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def test_an_endless_report_is_refused() -> None:
    answer = await ask(path=REPORT, body=" " * 100_000, content_type="application/json")
    assert answer.status_code == 413


async def test_a_change_of_another_media_type_is_refused() -> None:
    answer = await ask(path=SESSION, method="PATCH", body="a=x\r\n")
    assert (answer.status_code, MEDIA_TYPE in answer.json()["detail"]) == (415, True)
