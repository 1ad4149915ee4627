"""The door to the cards, over a real HTTP server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from ingest.onvif.http import CardDoor
from shared.asgi import serve_asgi
from shared.cards import FOOTAGE_TYPE, CardEnd, CardReading, CardRecorded
from shared.messages.codec import decode
from shared.service import Service
from shared.units import AccessUnit
from tests.support.eventually import eventually
from tests.support.onvif_card import OnvifCard
from tests.support.onvif_soap import Habit
from tests.unit.ingest.onvif.card_bench import DAY0, STREAM, S, card_bench, span

SECRET = "0123456789abcdef0123456789abcdef"
CARD, FOOTAGE = f"/cards/{STREAM}", f"/cards/{STREAM}/footage"


def asked(from_s: float, to_s: float) -> dict[str, str]:
    one = span(from_s, to_s)
    return {"from": str(one.start_ns), "to": str(one.end_ns)}


@asynccontextmanager
async def door(
    *habits: Habit, seconds: int = 60, secret: str | None = SECRET
) -> AsyncIterator[tuple[httpx.AsyncClient, OnvifCard]]:
    async with card_bench(*habits, sections=((0, seconds),)) as bench:
        service = Service("cards", status_port=0)
        port = await serve_asgi(service, CardDoor(bench.cards, SECRET), "127.0.0.1", 0)
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
                yield client, bench.card
        finally:
            service.stopping.set()
            await service._close()


async def test_the_edge_learns_what_is_on_a_card_and_gets_it() -> None:
    async with door() as (client, _):
        told = decode(CardRecorded, (await client.get(CARD, params=asked(0, 90))).content)
        assert told.spans == (span(0, 60),)
        answer = await client.get(FOOTAGE, params=asked(9, 20))
        assert answer.headers["content-type"] == FOOTAGE_TYPE
        items = list(CardReading().take(answer.content))
        assert isinstance(items[-1], CardEnd)
        assert items[-1].complete
        units = [item for item in items[1:-1] if isinstance(item, AccessUnit)]
        assert units[0].utc_ns == DAY0 + 10 * S
        assert len(units) == items[-1].units == 50


async def test_nobody_without_the_secret_learns_anything() -> None:
    async with door(secret=None) as (client, card):
        for secret in (None, "x", SECRET[:-1], SECRET + "0", "é"):
            for path in (CARD, FOOTAGE, "/", "/cards/75056/unknown/main"):
                headers = {} if secret is None else {b"Authorization": b"Bearer " + secret.encode("latin-1")}
                answer = await client.get(path, params=asked(0, 1), headers=headers)
                assert answer.status_code == 401, (secret, path)
        assert not card.seen.operations


SENSELESS: list[tuple[str, dict[str, str], int]] = [
    ("/cards/75056/unknown/main", asked(0, 1), 404),
    ("/cards/75056/place", asked(0, 1), 400),
    ("/footage", asked(0, 1), 404),
    (CARD, {}, 400),
    (CARD, asked(1, 1), 400),
    (CARD, asked(2, 1), 400),
    (FOOTAGE, asked(0, 3601), 400),
    (CARD, asked(0, 34 * 86_400), 400),
    ("/cards/75056/place/sub", asked(0, 1), 404),
    (CARD, {"from": "-1", "to": "1"}, 400),
    (CARD, {"from": "9" * 40, "to": "9" * 41}, 400),
    (CARD, {str(n): "" for n in range(100)}, 400),
]


async def test_questions_without_sense_are_refused() -> None:
    async with door() as (client, card):
        for path, params, status in SENSELESS:
            assert (await client.get(path, params=params)).status_code == status, (path, params)
        assert (await client.post(CARD, params=asked(0, 1))).status_code == 405
        assert not card.seen.operations


async def test_what_keeps_a_card_from_being_read_is_told_with_its_code() -> None:
    async with door(Habit.NO_EXTENSION) as (client, _):
        answer = await client.get(FOOTAGE, params=asked(0, 10))
        assert answer.status_code == 503
        assert answer.json()["why"]["code"] == "card-untimed"


async def test_a_reader_who_goes_ends_the_replay_and_one_who_waits_holds_it_back() -> None:
    async with door(seconds=3000) as (client, card):
        async with client.stream("GET", FOOTAGE, params=asked(0, 3000)) as answer:
            assert answer.status_code == 200
            told = [-1, -1, 0]

            def at_rest() -> bool:
                told.append(card.seen.pictures_sent)
                return told[-1] == told[-2] == told[-3]

            await eventually(at_rest)
            busy = await client.get(FOOTAGE, params=asked(0, 3000))
            assert (busy.status_code, "retry-after" in busy.headers) == (429, True)
        await eventually(lambda: card.seen.sessions == 0)
        assert (await client.get(FOOTAGE, params=asked(0, 4))).status_code == 200
