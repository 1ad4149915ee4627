"""Which days have recordings: to holders of a ticket, within its range."""

from pathlib import Path

import httpx
import pytest

from shared.tickets import Action
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.playing import SECOND_NS, at
from tests.unit.storage.workshop import Workshop, policy, units, workshop

START_S = START_NS // SECOND_NS


async def asked(shop: Workshop, seconds: list[float], token: str | None = None) -> httpx.Response:
    token = token or shop.token(Action.PLAYBACK, str(STREAM))
    query = "&".join(f"border={at(one)}" for one in seconds)
    headers = {"authorization": f"Bearer {token}"}
    return await shop.http.get(f"/recordings/{STREAM}/days?{query}", headers=headers)


async def test_each_stretch_says_whether_anything_is_recorded(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(100))
        answer = await asked(shop, [-20, -10, 0, 1, 10, 20])
    assert answer.json() == {"recorded": [False, False, True, True, False]}


async def test_what_is_being_written_counts(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        shop.recorder.apply([policy()])
        await shop.record(units(40))
        answer = await asked(shop, [-10, 0, 10])
    assert answer.json() == {"recorded": [False, True]}


async def test_of_days_that_the_ticket_does_not_allow_nothing_is_told(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S + 2, end_s=START_S + 4)
        answer = await asked(shop, [0, 1, 3, 5, 9], token)
    assert answer.json() == {"recorded": [False, True, True, False]}


@pytest.mark.parametrize("borders", [[0.0], [], [1, 0], [0, 0], [0, 80 * 86_400], list(range(70))])
async def test_borders_that_make_no_calendar_are_refused(tmp_path: Path, borders: list[float]) -> None:
    async with workshop(tmp_path) as shop:
        assert (await asked(shop, borders)).status_code == 400


async def test_another_ticket_opens_no_calendar(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.LIVE, str(STREAM))
        assert (await asked(shop, [0, 1], token)).status_code == 403
