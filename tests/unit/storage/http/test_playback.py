"""Footage over HTTP: to holders of a ticket, within its range, while their right lasts."""

from pathlib import Path

import pytest

from shared.leases import LEASE_S
from shared.tickets import Action
from tests.support.pictures import START_NS, STREAM
from tests.unit.storage.playing import MEDIA, SECOND_NS, at, media
from tests.unit.storage.workshop import units, workshop

START_S = START_NS // SECOND_NS


async def test_without_a_ticket_nothing_is_served(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, None, **{"from": at(0)})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("action", "resource"),
    [(Action.LIVE, str(STREAM)), (Action.PLAYBACK, "59350/cam-other/main")],
)
async def test_a_swapped_ticket_is_refused(tmp_path: Path, action: Action, resource: str) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, shop.token(action, resource), **{"from": at(0)})
    assert answer.status_code == 403


async def test_a_forged_ticket_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        forged = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
        answer = await shop.get(MEDIA, forged, **{"from": at(0)})
    assert "forged" in answer.json()["detail"]


async def test_an_expired_ticket_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(120)
        answer = await shop.get(MEDIA, token, **{"from": at(0)})
    assert "expired" in answer.json()["detail"]


async def test_a_ticket_bounds_the_range_that_is_served(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(250))
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S, end_s=START_S + 3)
        answer = await shop.get(MEDIA, token, **{"from": at(0), "to": at(9)})
    assert answer.headers["x-beffroi-to"] == at(3)


async def test_a_ticket_for_another_time_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM), start_s=START_S - 100, end_s=START_S - 50)
        answer = await shop.get(MEDIA, token, **{"from": at(0), "to": at(9)})
    assert "another time range" in answer.json()["detail"]


async def test_a_session_that_ended_is_refused(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        token = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(1)
        shop.lessor.ended_sessions.add("s-1")
        shop.confirm()
        assert (await shop.get(MEDIA, token, **{"from": at(0)})).status_code == 403


async def test_a_ticket_never_shown_before_opens_no_camera_whose_right_has_ended_since(
    tmp_path: Path,
) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        before = shop.token(Action.PLAYBACK, str(STREAM))
        await shop.clock.advance(1)
        shop.lessor.revoke_camera(STREAM.camera_path)
        shop.confirm()
        assert (await shop.get(MEDIA, before, **{"from": at(0)})).status_code == 403
        await shop.clock.advance(1)
        assert (await media(shop, 0)).status_code == 200


async def test_nobody_sees_recordings_that_control_room_does_not_confirm(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.record_all(units(50))
        token = shop.token(Action.PLAYBACK, str(STREAM))
        assert (await shop.get(MEDIA, token, **{"from": at(0)})).status_code == 200
        await shop.clock.advance(LEASE_S)
        answer = await shop.get(MEDIA, token, **{"from": at(0)})
    assert (answer.status_code, "try again" in answer.json()["detail"]) == (503, True)


@pytest.mark.parametrize(
    "query",
    [{}, {"from": "yesterday"}, {"from": "2026-01-01T00:00:00"}, {"from": at(9), "to": at(3)}],
)
async def test_a_range_that_makes_no_sense_is_bad_input(tmp_path: Path, query: dict[str, str]) -> None:
    async with workshop(tmp_path) as shop:
        answer = await shop.get(MEDIA, shop.token(Action.PLAYBACK, str(STREAM)), **query)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:beffroi:problem:bad-input")
