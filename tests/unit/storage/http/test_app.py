"""Which pages may read storage's answers."""

from pathlib import Path

from shared.tickets import Action
from tests.support.pictures import STREAM
from tests.unit.storage.playing import MEDIA, at
from tests.unit.storage.workshop import units, workshop


async def test_a_page_of_an_allowed_origin_reads_the_headers(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        headers = {
            "authorization": f"Bearer {shop.token(Action.PLAYBACK, str(STREAM))}",
            "origin": "https://csu.example",
        }
        answer = await shop.http.get(MEDIA, params={"from": at(0)}, headers=headers)
    assert "X-Beffroi-To" in answer.headers["access-control-expose-headers"]


async def test_a_page_of_another_origin_is_not_allowed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        headers = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
        answer = await shop.http.options(MEDIA, headers=headers)
    assert "access-control-allow-origin" not in answer.headers
