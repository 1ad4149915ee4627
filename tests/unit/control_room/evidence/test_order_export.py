"""Ordering an export: with a requisition, journaled for each camera."""

import httpx
import pytest

from control_room.model.people import Role
from shared.messages.codec import decode
from shared.messages.storage import ExportOrder
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX, Room, body_of

EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}


async def test_an_export_is_ordered_with_a_ticket_of_its_own(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
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
    legal = await room.signed_in(Role.LEGAL, LILLE)
    body: dict[str, object] = {**EXPORT, "cameras": [camera]}
    body[missing] = [] if missing == "cameras" else " "
    answer = await legal.post("/exports", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, missing)


async def test_an_export_over_a_foreign_commune_is_refused_and_journaled_for_each_camera(
    room: Room, admin: httpx.AsyncClient
) -> None:
    cameras = [await room.camera(admin, LILLE), await room.camera(admin, ROUBAIX)]
    legal = await room.signed_in(Role.LEGAL, LILLE)
    assert (await legal.post("/exports", json=EXPORT | {"cameras": cameras})).status_code == 403
    for camera in cameras:
        entry = (await room.journal(admin, camera=camera))[0]
        assert (entry["action"], entry["outcome"]) == ("export", "refused")
    assert room.storage.asked == []


async def test_an_export_storage_refuses_has_failed_and_says_why(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.refusal = httpx.Response(409, json={"detail": "another order has this id"})
    export = (await legal.post("/exports", json=EXPORT | {"cameras": [camera]})).json()
    assert (export["status"], export["reason"]) == ("failed", "storage: another order has this id")


async def test_an_export_of_the_future_is_refused(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    answer = await legal.post("/exports", json=EXPORT | {"cameras": [camera], "to": "2026-11-21T12:00:01Z"})
    assert (answer.status_code, answer.json()["field"]) == (400, "to")


async def test_masks_and_the_original_of_a_redacted_copy_go_to_storage(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    positions = [
        {"at": RANGE["from"], "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4},
        {"at": RANGE["to"], "x": 0.5, "y": 0.2, "w": 0.3, "h": 0.4},
    ]
    wanted = EXPORT | {"cameras": [camera], "masks": [{"id": "face", "positions": positions}]}
    answer = await legal.post("/exports", json=wanted | {"original": "x-1"})
    assert answer.status_code == 201, answer.text
    order = decode(ExportOrder, room.storage.asked[-1].content)
    (mask,) = order.masks
    assert (mask.id, order.original) == ("face", "x-1")
    assert [(one.x, one.y, one.w, one.h) for one in mask.positions] == [
        (0.1, 0.2, 0.3, 0.4),
        (0.5, 0.2, 0.3, 0.4),
    ]


async def test_a_mask_of_one_position_is_refused(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    mask = {"id": "face", "positions": [{"at": RANGE["from"], "x": 0, "y": 0, "w": 1, "h": 1}]}
    answer = await legal.post("/exports", json=EXPORT | {"cameras": [camera], "masks": [mask]})
    assert answer.status_code == 400
    assert room.storage.asked == []
