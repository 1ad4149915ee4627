"""Tickets for images: the journal first, then the permission."""

from datetime import UTC, datetime

import httpx
import pytest

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.db.journal import Journal
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.people import Role
from shared.errors import Unavailable
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX, Room


async def test_a_live_ticket_opens_one_stream_for_a_minute(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = (await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})).json()
    stream = f"{LILLE}/{camera}/main"
    assert answer["url"] == f"https://mux.test/whep/{stream}"
    ticket = room.verifier.verify(answer["ticket"], Action.LIVE, stream)
    me = (await operator.get("/session")).json()
    assert (ticket.subject, ticket.session) == (me["person"]["id"], me["session"])
    assert ticket.until_s == room.clock.utc_ns() // 10**9 + 60


async def test_a_playback_ticket_is_bound_to_its_range(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = (await legal.post(f"/cameras/{camera}/playback", json={"motive": "theft", **RANGE})).json()
    stream = f"{LILLE}/{camera}/main"
    ticket = room.verifier.verify(answer["ticket"], Action.PLAYBACK, stream)
    start_s = int(datetime(2026, 11, 20, 21, tzinfo=UTC).timestamp())
    assert (ticket.start_s, ticket.end_s) == (start_s, start_s + 901)
    assert answer["url"] == f"https://storage.test/recordings/{stream}"
    assert (answer["from"], answer["to"]) == ("2026-11-20T21:00:00.000Z", "2026-11-20T21:15:00.500Z")


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


async def test_the_journal_tells_who_what_when_and_why(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    me = (await operator.get("/session")).json()
    await operator.post(f"/cameras/{camera}/live", json={"motive": "evening watch"})
    entry = (await room.journal(admin, camera=camera))[0]
    expected = {
        "at": "2026-11-21T12:00:00.000Z",
        "person": me["person"]["id"],
        "session": me["session"],
        "kind": "operator",
        "action": "live",
        "outcome": "granted",
        "commune": LILLE,
        "camera": camera,
        "motive": "evening watch",
    }
    assert {name: entry[name] for name in expected} == expected


async def test_a_refused_attempt_is_journaled_with_its_reason(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, ROUBAIX)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "curious"})
    entry = (await room.journal(admin, camera=camera))[0]
    assert answer.status_code == 403
    assert (entry["action"], entry["outcome"], entry["motive"]) == ("live", "refused", "curious")
    assert entry["commune"] == ROUBAIX


async def test_a_camera_that_is_blocked_gives_no_live_ticket(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, LILLE, authorisation=None)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code == 409
    assert "no prefectural authorisation" in answer.json()["detail"]
    assert (await room.journal(admin, camera=camera))[0]["outcome"] == "refused"


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


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "2026-11-20T20:00:00Z"}, "to"),
        ({"to": "2026-11-20T21:00:00Z"}, "to"),
        ({"from": "2026-11-20T21:00:00"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2020-11-20T21:00:00Z"}, "to"),
    ],
)
async def test_a_range_that_makes_no_sense_is_refused(
    room: Room, admin: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/playback", json={"motive": "x", **RANGE} | wrong)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


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
