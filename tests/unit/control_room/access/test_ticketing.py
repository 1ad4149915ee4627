"""Tickets for images: the journal first, then the permission."""

from datetime import datetime

import httpx
import pytest

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.db.journal import Journal
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.people import Role
from shared.errors import Unavailable
from tests.unit.control_room.room import LILLE, RANGE, Room


@pytest.mark.parametrize("kind", [Role.OPERATOR, Role.LEGAL])
@pytest.mark.parametrize("motive", [None, "", "   "])
async def test_no_image_is_opened_without_a_motive(
    room: Room, admin: httpx.AsyncClient, kind: Role, motive: str | None
) -> None:
    camera = await room.camera(admin)
    person = await room.signed_in(kind, LILLE)
    what = "live" if kind is Role.OPERATOR else "playback"
    body = {} if motive is None else {"motive": motive}
    answer = await person.post(f"/cameras/{camera}/{what}", json=body | (RANGE if what == "playback" else {}))
    assert (answer.status_code, answer.json()["field"]) == (400, "motive")


async def test_without_the_journal_there_is_no_ticket(
    room: Room, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)

    async def full(_journal: Journal, _at: datetime, *_events: AuditEvent) -> None:
        raise Unavailable("the database does not answer: disk full")

    monkeypatch.setattr(Journal, "write", full)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code == 503
    assert "ticket" not in answer.json()


async def test_rights_that_change_while_a_request_runs_open_nothing(
    room: Room, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = await room.camera(admin)
    person = await room.person(Role.OPERATOR, [LILLE])
    operator = await room.sign_in(person.login)
    decide = room.rooms.access.gate.camera.__func__  # type: ignore[attr-defined]  # a bound method has it

    async def meanwhile(*arguments: object) -> object:
        camera = await decide(*arguments)
        await admin.patch(f"/people/{person.id}", json={"communes": []})
        return camera

    monkeypatch.setattr(type(room.rooms.access.gate), "camera", meanwhile)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code in (401, 403)
    assert "ticket" not in answer.json()


@pytest.mark.parametrize("right", [right for right in Right if right is not Right.LIVE])
async def test_the_grant_of_another_right_opens_no_live_picture(room: Room, right: Right) -> None:
    somebody = Caller(await room.person(Role.LEGAL, [LILLE]), "s-1", "", 0)
    event = somebody.event(right, Outcome.GRANTED, commune=LILLE, camera="cam-1")
    access = room.rooms.access
    grant = await access.gate.grant(somebody, right, [event])
    with pytest.raises(ValueError, match="opens no"):
        access.ticketing.live(grant)
    with pytest.raises(ValueError, match="opens no"):
        access.ticketing.wall(grant)
