"""Whether storage destroys what is due, as it told last."""

import httpx
import pytest

from tests.unit.control_room.room import NOON_NS, RECORDER_TOKEN, Room


async def test_an_administrator_is_told_why_nothing_is_destroyed(
    room: Room, admin: httpx.AsyncClient
) -> None:
    recorder = room.machine(RECORDER_TOKEN)
    jumped = {"code": "clock-jumped", "text": "the clock has jumped", "params": [["instant", "2026"]]}
    refused = {"ids": [], "refusal": "the clock has jumped", "grounds": [jumped]}
    await recorder.put("/recorder/holds", json=refused)
    told = (await admin.get("/storage")).json()
    assert told["refusal"] == "the clock has jumped"
    why = {"code": "clock-jumped", "params": {"instant": "2026"}}
    assert told["grounds"] == [{"reason": "the clock has jumped", "why": why}]


async def test_since_when_nothing_is_destroyed_is_when_it_was_first_heard(
    room: Room, admin: httpx.AsyncClient
) -> None:
    recorder = room.machine(RECORDER_TOKEN)
    first = (await admin.get("/storage")).json()["now"]
    for refusal in ("the clock has jumped", "the clock has jumped; the disk is away"):
        await recorder.put("/recorder/holds", json={"ids": [], "refusal": refusal, "clock_disputed": True})
        await room.clock.advance(60)
    told = (await admin.get("/storage")).json()
    assert (told["refused_since"], told["clock_disputed"]) == (first, True)
    await recorder.put("/recorder/holds", json={"ids": []})
    told = (await admin.get("/storage")).json()
    assert (told["refused_since"], told["clock_disputed"], told["refusal"]) == (None, False, "")


@pytest.mark.parametrize("utc_ns", [-1, 2**63, None])
async def test_holds_are_told_to_a_storage_whose_clock_says_no_sane_time(
    room: Room, admin: httpx.AsyncClient, utc_ns: int | None
) -> None:
    answer = await room.machine(RECORDER_TOKEN).put("/recorder/holds", json={"ids": [], "utc_ns": utc_ns})
    assert (answer.status_code, (await admin.get("/storage")).json()["storage_at"]) == (200, None)


async def test_destruction_that_fails_is_told_without_credentials(
    room: Room, admin: httpx.AsyncClient
) -> None:
    failure = "destruction fails: rtsp://u:secret-Zq81@10.0.0.1/"
    await room.machine(RECORDER_TOKEN).put("/recorder/holds", json={"ids": [], "failure": failure})
    told = (await admin.get("/storage")).json()["failure"]
    assert told.startswith("destruction fails")
    assert "secret-Zq81" not in told


async def test_what_storages_clock_said_is_shown(room: Room, admin: httpx.AsyncClient) -> None:
    await room.machine(RECORDER_TOKEN).put("/recorder/holds", json={"ids": [], "utc_ns": NOON_NS})
    assert (await admin.get("/storage")).json()["storage_at"] == "2026-11-21T12:00:00.000Z"
