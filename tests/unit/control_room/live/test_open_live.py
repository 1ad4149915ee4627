"""Watching one camera: the journal first, then the permission."""

import httpx

from control_room.model.people import Role
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, ROUBAIX, Room


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
