"""Exports: ordered with a requisition, journaled for each camera, fetched when finished."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from control_room.model import Kind
from shared.errors import Unavailable
from shared.messages.storage import ExportStatus
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX, Room, body_of

EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}


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
