"""Redacted copies on requisition: masks that belong to a version, their order, and the original they name."""

import pytest

from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from tests.unit.control_room.evidence.desk import RECIPIENT, Desk
from tests.unit.control_room.room import LILLE, PACKAGE_SHA256, RANGE, mask, requisition_body

MASKS = {"masks": [mask("m-1"), mask("m-2")]}


async def test_the_second_person_sees_how_many_masks_there_are_when_and_where(desk: Desk) -> None:
    made = await desk.entered(**MASKS)
    assert made["masks"] == [
        {"id": id, "from": "2026-11-20T21:00:10.000Z", "to": "2026-11-20T21:01:00.000Z", "positions": 2}
        for id in ("m-1", "m-2")
    ]
    seen = (await desk.other.get(f"/requisitions/{made['id']}/masks")).json()
    assert (seen["camera"], seen["from"]) == (desk.camera, "2026-11-20T21:00:00.000Z")
    assert [one["positions"][0]["x"] for one in seen["masks"]] == [0.1, 0.1]


async def test_approval_passes_the_masks_on_and_a_retry_does_again(desk: Desk) -> None:
    made = await desk.entered(**MASKS)
    desk.room.storage.status = ExportStatus.FAILED
    found = (await desk.act(desk.other, made, "approve")).json()
    again = (await desk.one.post(f"/requisitions/{made['id']}/retry", json={"motive": "again"})).json()
    for export in (found["export"], again["export"]):
        order = desk.room.storage.orders[export]
        assert [(one.id, len(one.positions), one.positions[0].w) for one in order.masks] == [
            ("m-1", 2, 0.3),
            ("m-2", 2, 0.3),
        ]


async def test_the_journal_says_how_many_masks_and_never_where(desk: Desk) -> None:
    made = await desk.entered(**MASKS)
    await desk.act(desk.other, made, "approve")
    entries = await desk.room.journal(desk.admin)
    acts = {one["action"]: one for one in entries if one["outcome"] == "granted"}
    for action in ("requisition", "approve-requisition", "export"):
        assert acts[action]["detail"].endswith("; redacted, 2 masks"), acts[action]
    assert "0.3" not in str(entries)
    assert "21:00:10" not in str(entries)


async def test_another_version_keeps_the_masks_unless_it_has_others(desk: Desk) -> None:
    made = await desk.entered(**MASKS)
    path = f"/requisitions/{made['id']}"
    kept = await desk.one.put(path, json=requisition_body(desk.camera, version=1))
    assert [one["id"] for one in kept.json()["masks"]] == ["m-1", "m-2"]
    none = await desk.one.put(path, json=requisition_body(desk.camera, version=2, masks=[]))
    assert none.json()["masks"] == []


async def test_what_was_seen_without_masks_is_not_approved_with_them(desk: Desk) -> None:
    made = await desk.entered()
    body = requisition_body(desk.camera, version=1, **MASKS)
    assert (await desk.one.put(f"/requisitions/{made['id']}", json=body)).status_code == 200
    answer = await desk.act(desk.other, made, "approve", 1)
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "requisition-changed")


@pytest.mark.parametrize("of", ["masks", "cameras"])
async def test_masks_that_no_copy_can_be_made_with_are_refused_at_their_field(desk: Desk, of: str) -> None:
    far = mask("m-1", "2026-11-20T20:00:00Z", "2026-11-20T20:59:00Z")
    cameras = [desk.camera] if of == "masks" else [desk.camera, await desk.room.camera(desk.admin)]
    body = requisition_body(*cameras, masks=[far if of == "masks" else mask()])
    answer = await desk.one.post("/requisitions", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, "masks")


async def test_the_registers_say_that_it_is_a_redacted_copy_and_name_its_original_by_hash(desk: Desk) -> None:
    original = str((await desk.approved())["export"])
    made = await desk.entered(**MASKS, original=original)
    found = (await desk.act(desk.other, made, "approve")).json()
    assert desk.room.storage.orders[found["export"]].original == original
    # The package of the original dies before its copy does: the register goes on naming it.
    desk.room.storage.ended[original] = ExportStatus.DESTROYED
    await desk.room.rooms.evidence.orders.revisit()
    export = (await desk.one.get(f"/exports/{found['export']}")).json()
    assert (await desk.one.get(f"/exports/{original}")).json()["status"] == "destroyed"
    assert (export["masks"], export["original"], export["original_sha256"]) == (2, original, PACKAGE_SHA256)
    listed = {one["id"]: one["original_sha256"] for one in (await desk.one.get("/exports")).json()["items"]}
    assert listed == {found["export"]: PACKAGE_SHA256, original: ""}
    handed = await desk.one.post(f"/requisitions/{made['id']}/deliver", json=RECIPIENT)
    assert handed.status_code == 201, handed.text
    (line,) = (await desk.one.get("/register/transmissions")).json()["items"]
    assert (line["masks"], line["original"], line["original_sha256"]) == (2, original, PACKAGE_SHA256)


@pytest.mark.parametrize("what", ["range", "camera", "running", "redacted"])
async def test_an_original_is_a_finished_plain_export_of_the_same_pictures(desk: Desk, what: str) -> None:
    desk.room.storage.status = ExportStatus.RUNNING if what == "running" else ExportStatus.DONE
    changed = MASKS if what == "redacted" else {}
    waiting = await desk.entered(**changed)
    original = (await desk.act(desk.other, waiting, "approve")).json()["export"]
    camera = await desk.room.camera(desk.admin) if what == "camera" else desk.camera
    span = {"to": "2026-11-20T21:10:00Z"} if what == "range" else {}
    body = requisition_body(camera, **MASKS, original=original) | span
    answer = await desk.one.post("/requisitions", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, "original"), answer.text


async def test_nobody_names_an_original_of_another_commune(desk: Desk) -> None:
    original = str((await desk.approved())["export"])
    far = await desk.room.camera(desk.admin, "59512")
    stranger = await desk.room.signed_in(Role.LEGAL, "59512")
    body = requisition_body(far, **MASKS, original=original)
    assert (await stranger.post("/requisitions", json=body)).status_code == 403


async def test_a_copy_without_a_mask_is_none(desk: Desk) -> None:
    original = str((await desk.approved())["export"])
    answer = await desk.one.post("/requisitions", json=requisition_body(desk.camera, original=original))
    assert (answer.status_code, answer.json()["why"]["code"]) == (400, "redaction-no-masks")


async def test_an_order_alone_has_masks_of_its_range_only(desk: Desk) -> None:
    direct = await desk.room.signed_in(Role.LEGAL, LILLE)
    far = mask("m-1", "2026-11-20T20:00:00Z", "2026-11-20T20:59:00Z")
    body = {"reference": "PV 1", "authority": "OPJ", "cameras": [desk.camera], "motive": "x", **RANGE}
    answer = await direct.post("/exports", json=body | {"masks": [far]})
    assert (answer.status_code, answer.json()["why"]["code"]) == (400, "mask-elsewhere")
