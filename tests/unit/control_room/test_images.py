"""Tickets, exports, holds: the journal first, then the permission."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from control_room.db.journal import Journal
from control_room.model import Deed, Kind
from shared.errors import Unavailable
from shared.messages import ExportStatus
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, ROUBAIX, Room, body_of

RANGE = {"from": "2026-11-20T21:00:00Z", "to": "2026-11-20T21:15:00.5Z"}
EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}
HOLD = {"reference": "PV 118-3", "motive": "inquiry", **RANGE}


async def test_a_live_ticket_opens_one_stream_for_a_minute(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Kind.OPERATOR, LILLE)
    answer = (await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})).json()
    stream = f"{LILLE}/{camera}/main"
    assert answer["url"] == f"https://mux.test/whep/{stream}"
    ticket = room.verifier.verify(answer["ticket"], Action.LIVE, stream)
    me = (await operator.get("/session")).json()
    assert (ticket.subject, ticket.session) == (me["person"]["id"], me["session"])
    assert ticket.until_s == room.clock.utc_ns() // 10**9 + 60


async def test_a_playback_ticket_is_bound_to_its_range(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = (await legal.post(f"/cameras/{camera}/playback", json={"motive": "theft", **RANGE})).json()
    stream = f"{LILLE}/{camera}/main"
    ticket = room.verifier.verify(answer["ticket"], Action.PLAYBACK, stream)
    start_s = int(datetime(2026, 11, 20, 21, tzinfo=UTC).timestamp())
    assert (ticket.start_s, ticket.end_s) == (start_s, start_s + 901)
    assert answer["url"] == f"https://storage.test/recordings/{stream}"
    assert (answer["from"], answer["to"]) == ("2026-11-20T21:00:00.000Z", "2026-11-20T21:15:00.500Z")


@pytest.mark.parametrize("kind", [Kind.OPERATOR, Kind.LEGAL])
@pytest.mark.parametrize("motive", [None, "", "   "])
async def test_no_image_is_opened_without_a_motive(
    room: Room, admin: httpx.AsyncClient, kind: Kind, motive: str | None
) -> None:
    camera = await room.camera(admin)
    person = await room.signed_in(kind, LILLE)
    what = "live" if kind is Kind.OPERATOR else "playback"
    body = {} if motive is None else {"motive": motive}
    answer = await person.post(f"/cameras/{camera}/{what}", json=body | (RANGE if what == "playback" else {}))
    assert (answer.status_code, answer.json()["field"]) == (400, "motive")


async def test_the_journal_tells_who_what_when_and_why(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Kind.OPERATOR, LILLE)
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
    operator = await room.signed_in(Kind.OPERATOR, LILLE)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "curious"})
    entry = (await room.journal(admin, camera=camera))[0]
    assert answer.status_code == 403
    assert (entry["action"], entry["outcome"], entry["motive"]) == ("live", "refused", "curious")
    assert ROUBAIX in entry["detail"]


async def test_a_camera_that_is_blocked_gives_no_live_ticket(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin, LILLE, authorisation=None)
    operator = await room.signed_in(Kind.OPERATOR, LILLE)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code == 409
    assert "no prefectural authorisation" in answer.json()["detail"]
    assert (await room.journal(admin, camera=camera))[0]["outcome"] == "refused"


async def test_without_the_journal_there_is_no_ticket(
    room: Room, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Kind.OPERATOR, LILLE)

    async def full(_journal: Journal, _at: datetime, *_deeds: Deed) -> None:
        raise Unavailable("the database does not answer: disk full")

    monkeypatch.setattr(Journal, "write", full)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code == 503
    assert "ticket" not in answer.json()


async def test_rights_that_change_while_a_request_runs_open_nothing(
    room: Room, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = await room.camera(admin)
    person = await room.person(Kind.OPERATOR, [LILLE])
    operator = await room.sign_in(person.login)
    decide = room.desk.gate.camera.__func__  # type: ignore[attr-defined]  # a bound method has it

    async def meanwhile(*arguments: object) -> object:
        camera = await decide(*arguments)
        await admin.patch(f"/people/{person.id}", json={"communes": []})
        return camera

    monkeypatch.setattr(type(room.desk.gate), "camera", meanwhile)
    answer = await operator.post(f"/cameras/{camera}/live", json={"motive": "watch"})
    assert answer.status_code in (401, 403)
    assert "ticket" not in answer.json()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"to": "2026-11-20T20:00:00Z"}, "body"),
        ({"to": "2026-11-20T21:00:00Z"}, "body"),
        ({"from": "2026-11-20T21:00:00"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2020-11-20T21:00:00Z"}, "body"),
    ],
)
async def test_a_range_that_makes_no_sense_is_refused(
    room: Room, admin: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = await legal.post(f"/cameras/{camera}/playback", json={"motive": "x", **RANGE} | wrong)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_an_export_is_ordered_with_a_ticket_of_its_own(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = await legal.post("/exports", json=EXPORT | {"cameras": [camera, camera]})
    export = answer.json()
    assert (answer.status_code, export["status"], export["progress"]) == (201, "running", 0.5)
    request = room.storage.asked[-1]
    assert (request.method, request.url.path) == ("PUT", f"/exports/{export['id']}")
    token = request.headers["authorization"].removeprefix("Bearer ")
    room.verifier.verify(token, Action.EXPORT, f"export:{export['id']}")
    order = body_of(request)
    assert order["cameras"] == [
        {
            "stream": f"{LILLE}/{camera}/main",
            "name": "Grand-Place",
            "place": "Vieille Bourse",
            "authorisation": "2026-0417",
        }
    ]


@pytest.mark.parametrize("missing", ["reference", "authority", "motive", "cameras"])
async def test_an_export_needs_its_requisition(room: Room, admin: httpx.AsyncClient, missing: str) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    body: dict[str, object] = {**EXPORT, "cameras": [camera]}
    body[missing] = [] if missing == "cameras" else " "
    answer = await legal.post("/exports", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, missing)


async def test_an_export_over_a_foreign_commune_is_refused_and_journaled_for_each_camera(
    room: Room, admin: httpx.AsyncClient
) -> None:
    cameras = [await room.camera(admin, LILLE), await room.camera(admin, ROUBAIX)]
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    assert (await legal.post("/exports", json=EXPORT | {"cameras": cameras})).status_code == 403
    for camera in cameras:
        entry = (await room.journal(admin, camera=camera))[0]
        assert (entry["action"], entry["outcome"]) == ("export", "refused")
    assert room.storage.asked == []


async def test_an_export_waits_for_a_storage_that_is_away_and_is_ordered_when_it_is_back(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = True
    export = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()
    assert export["status"] == "queued"
    assert "storage does not answer" in export["reason"]
    with pytest.raises(Unavailable):
        await room.desk.orders.round()
    room.storage.away = False
    room.storage.status = ExportStatus.DONE
    await room.desk.orders.round()
    seen = (await legal.get(f"/exports/{export['id']}")).json()
    assert (seen["status"], seen["reason"]) == ("done", "")


async def test_an_export_storage_refuses_has_failed_and_says_why(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.refusal = httpx.Response(409, json={"detail": "another order has this id"})
    export = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()
    assert (export["status"], export["reason"]) == ("failed", "storage: another order has this id")


async def test_an_export_of_the_future_is_refused(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = await legal.post("/exports", json=EXPORT | {"cameras": [camera], "to": "2026-11-21T12:00:01Z"})
    assert (answer.status_code, answer.json()["field"]) == (400, "to")


async def test_only_a_finished_export_can_be_fetched_and_each_time_is_journaled(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    export = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]
    path = f"/exports/{export}/download"
    assert (await legal.post(path, json={"motive": "to OPJ Martin"})).status_code == 409
    room.storage.status = ExportStatus.DONE
    answer = (await legal.post(path, json={"motive": "to OPJ Martin"})).json()
    url = urlsplit(answer["url"])
    assert (url.netloc, url.path) == ("storage.test", f"/exports/{export}/package")
    ticket = parse_qs(url.query)["ticket"][0]
    room.verifier.verify(ticket, Action.DOWNLOAD, f"export:{export}")
    entry = (await room.journal(admin, camera=camera))[0]
    assert (entry["action"], entry["resource"], entry["motive"]) == (
        "download",
        f"export:{export}",
        "to OPJ Martin",
    )


async def test_exports_of_other_communes_are_not_listed(room: Room, admin: httpx.AsyncClient) -> None:
    cameras = [await room.camera(admin, LILLE), await room.camera(admin, ROUBAIX)]
    both = await room.signed_in(Kind.LEGAL, LILLE, ROUBAIX)
    one = (await both.post("/exports", json=EXPORT | {"cameras": cameras[:1]})).json()["id"]
    two = (await both.post("/exports", json=EXPORT | {"cameras": cameras})).json()["id"]
    lille = await room.signed_in(Kind.LEGAL, LILLE)
    assert [seen["id"] for seen in (await both.get("/exports")).json()["items"]] == [two, one]
    assert [seen["id"] for seen in (await lille.get("/exports")).json()["items"]] == [one]


async def test_a_hold_is_placed_and_released_at_storage(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert hold["status"] == "placed"
    order = body_of(room.storage.asked[-1])
    assert (order["stream"], order["reference"]) == (f"{LILLE}/{camera}/main", "PV 118-3")
    assert (await legal.delete(f"/holds/{hold['id']}")).status_code == 204
    assert room.storage.asked[-1].method == "DELETE"
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "released"
    assert [entry["action"] for entry in await room.journal(admin, camera=camera)][:2] == [
        "release-hold",
        "hold",
    ]


async def test_a_hold_waits_for_a_storage_that_is_away(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = True
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()
    assert hold["status"] == "pending"
    room.storage.away = False
    await room.desk.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "placed"


async def test_a_hold_released_while_storage_was_away_is_never_left_placed(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    hold = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    room.storage.away = True
    assert (await legal.delete(f"/holds/{hold}")).status_code == 204
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "releasing"
    room.storage.away = False
    await room.desk.orders.round()
    assert (await legal.get("/holds")).json()["items"][0]["status"] == "released"


@pytest.mark.parametrize("missing", ["reference", "motive"])
async def test_a_hold_needs_a_procedure(room: Room, admin: httpx.AsyncClient, missing: str) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    answer = await legal.post("/holds", json=HOLD | {"camera": camera, missing: ""})
    assert (answer.status_code, answer.json()["field"]) == (400, missing)


async def test_one_order_storage_cannot_answer_for_does_not_hold_the_others_up(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Kind.LEGAL, LILLE)
    room.storage.away = True
    first = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]
    second = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()["id"]
    room.storage.away = False
    room.storage.broken = first
    with pytest.raises(Unavailable):
        await room.desk.orders.round()
    assert (await legal.get(f"/exports/{second}")).json()["status"] == "running"
