"""A person's word about the time: journaled by name, then told to storage."""

import httpx
import pytest

from control_room.model.people import Role
from tests.unit.control_room.room import LILLE, NOON_NS, RECORDER_TOKEN, Room, body_of

WORD = {"utc": "2026-11-21T12:00:00Z", "motive": "power cut of two days"}


async def test_a_confirmed_clock_is_journaled_by_name_and_told_to_storage(
    room: Room, admin: httpx.AsyncClient
) -> None:
    assert (await admin.put("/storage/clock", json=WORD)).status_code == 204
    entry = (await room.journal(admin))[0]
    assert (entry["action"], entry["outcome"], entry["motive"]) == (
        "confirm-clock",
        "granted",
        "power cut of two days",
    )
    asked = room.storage.asked[-1]
    assert (asked.url.path, body_of(asked)["by"]) == ("/clock", entry["login"])


async def test_a_word_that_storage_does_not_take_is_journaled_as_refused(
    room: Room, admin: httpx.AsyncClient
) -> None:
    room.storage.refusal = httpx.Response(409, json={"detail": "storage's clock says another time"})
    answer = await admin.put("/storage/clock", json=WORD)
    outcomes = [entry["outcome"] for entry in await room.journal(admin)][:2]
    assert (answer.status_code, outcomes) == (409, ["refused", "granted"])


@pytest.mark.parametrize("kind", [Role.OPERATOR, Role.LEGAL, Role.COMMUNE])
async def test_only_an_administrator_confirms_the_clock(room: Room, kind: Role) -> None:
    other = await room.signed_in(kind, LILLE)
    assert (await other.put("/storage/clock", json=WORD)).status_code == 403


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
