"""Answering people who were filmed: copies that are there, proofs that verify, refusals on a ground."""

import hashlib

import httpx
import pytest

from shared.evidence.receipt import read_receipt
from shared.messages.storage import ExportStatus
from tests.unit.control_room.evidence.desk import DAY_NS, Desk
from tests.unit.control_room.evidence.test_access_copies import approved, drawn
from tests.unit.control_room.evidence.test_access_requests import ASKING, REFUSAL, entered
from tests.unit.control_room.ledgers import BEGUN, first_head, proof_of, tell
from tests.unit.control_room.room import LILLE, NOON_NS, PACKAGE_SHA256, RANGE, mask

OLD = first_head(began_ns=NOON_NS - 3 * DAY_NS)
"""A register that knows of RANGE that nothing was recorded in it."""


async def copied(desk: Desk, status: ExportStatus = ExportStatus.DONE) -> tuple[str, str]:
    """The path of a request, and the export of its copy."""
    desk.room.storage.status = status
    path, _ = await drawn(desk)
    answer = await approved(desk, path)
    return path.partition("/copies")[0], answer.json()["copies"][0]["export"]


async def ended(desk: Desk, path: str, **answer: object) -> httpx.Response:
    return await desk.one.post(f"{path}/end", json={"motive": "given at the counter", **answer})


async def nothing_recorded(desk: Desk, camera: str) -> None:
    """Storage proves that there is nothing of a camera."""
    await tell(desk.room, OLD)
    desk.room.storage.proof = proof_of(OLD, f"{LILLE}/{camera}/main")


async def test_a_copy_is_handed_over_against_a_receipt_and_ends_the_request_once(desk: Desk) -> None:
    path, export = await copied(desk)
    answer = await ended(desk, path, status="redacted-copy", packages=[export], medium="disc 7")
    assert answer.status_code == 200, answer.text
    (handed,) = answer.json()["ending"]["handed"]
    assert (handed["camera"], handed["export"], handed["sha256"]) == (desk.camera, export, PACKAGE_SHA256)
    told = read_receipt(handed["receipt"].encode(), desk.room.storage.evidence.public)
    assert (told["export"], told["recipient"]) == (export, "J. Petit")
    assert (await desk.told())[0] == ("end-access-request", "granted")
    again = await ended(desk, path, status="redacted-copy", packages=[export])
    assert (again.status_code, again.json()["why"]["code"]) == (409, "access-ended")


@pytest.mark.parametrize("status", [ExportStatus.RUNNING, ExportStatus.FAILED, ExportStatus.DESTROYED])
async def test_a_copy_that_is_not_there_ends_nothing(desk: Desk, status: ExportStatus) -> None:
    path, export = await copied(desk, status)
    answer = await ended(desk, path, status="redacted-copy", packages=[export])
    assert (answer.status_code, answer.json()["why"]["code"]) == (409, "export-not-done")
    assert (await desk.told())[0] == ("end-access-request", "refused")
    assert (await desk.one.get(path)).json()["status"] == "open"


async def test_an_export_that_there_is_not_ends_nothing(desk: Desk) -> None:
    path, _ = await copied(desk)
    answer = await ended(desk, path, status="redacted-copy", packages=["copy-12.zip"])
    assert answer.status_code == 403, answer.text
    assert (await desk.one.get(path)).json()["status"] == "open"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"masks": []}, "access-not-redacted"),
        ({"from": "2026-11-20T20:00:00Z"}, "access-other-range"),
        ({"camera": True}, "access-other-camera"),
    ],
)
async def test_an_export_of_other_pictures_or_without_masks_is_no_copy_for_the_request(
    desk: Desk, change: dict[str, object], code: str
) -> None:
    desk.room.storage.status = ExportStatus.DONE
    camera = await desk.room.camera(desk.admin) if "camera" in change else desk.camera
    body = {"reference": "PV 1", "authority": "OPJ", "cameras": [camera], "motive": "x", "masks": [mask()]}
    plain = {name: value for name, value in change.items() if name != "camera"}
    export = (await desk.one.post("/exports", json=body | RANGE | plain)).json()["id"]
    made = await entered(desk)
    answer = await ended(desk, f"/access-requests/{made['id']}", status="redacted-copy", packages=[export])
    assert (answer.status_code, answer.json()["why"]["code"]) == (400, code)


async def test_where_storage_does_not_sign_nothing_is_handed_over(desk: Desk) -> None:
    path, export = await copied(desk)
    desk.room.storage.broken = "receipt"
    answer = await ended(desk, path, status="redacted-copy", packages=[export])
    assert answer.status_code == 503
    assert (await desk.told())[:2] == [("end-access-request", "refused"), ("end-access-request", "granted")]
    assert (await desk.one.get(path)).json()["status"] == "open"


async def test_a_destruction_is_proven_by_storage_and_the_proof_is_named(desk: Desk) -> None:
    made = await entered(desk)
    await nothing_recorded(desk, desk.camera)
    answer = await ended(desk, f"/access-requests/{made['id']}", status="destroyed")
    assert answer.status_code == 200, answer.text
    (gone,) = answer.json()["ending"]["gone"]
    assert (gone["camera"], gone["found"]) == (desk.camera, "never-recorded")
    assert desk.room.storage.proof is not None
    assert gone["sha256"] == hashlib.sha256(desk.room.storage.proof).hexdigest()
    told = [action for action, _ in await desk.told()]
    assert told[:2] == ["end-access-request", "prove-destruction"]


@pytest.mark.parametrize("of", ["a part of the range", "another camera", "a head that is not kept"])
async def test_a_proof_that_does_not_prove_it_ends_nothing(desk: Desk, of: str) -> None:
    made = await entered(desk)
    told = BEGUN if of == "a part of the range" else OLD
    await tell(desk.room, told)
    shown = first_head("cd" * 16) if of == "a head that is not kept" else told
    camera = "cam-other" if of == "another camera" else desk.camera
    desk.room.storage.proof = proof_of(shown, f"{LILLE}/{camera}/main")
    path = f"/access-requests/{made['id']}"
    answer = await ended(desk, path, status="destroyed")
    assert answer.status_code == 409, answer.text
    code = "ledger-not-kept" if of == "a head that is not kept" else "access-not-gone"
    assert answer.json()["why"]["code"] == code
    assert (await desk.one.get(path)).json()["status"] == "open"


@pytest.mark.parametrize("proven", [True, False])
async def test_each_camera_of_a_request_is_handed_over_or_proven_to_be_gone(desk: Desk, proven: bool) -> None:
    desk.room.storage.status = ExportStatus.DONE
    second = await desk.room.camera(desk.admin)
    made = (await desk.one.post("/access-requests", json=ASKING | {"cameras": [desk.camera, second]})).json()
    path = f"/access-requests/{made['id']}"
    body = {**RANGE, "masks": [mask()], "motive": "others are seen"}
    await desk.one.put(f"{path}/copies/{desk.camera}", json=body)
    export = (await approved(desk, f"{path}/copies/{desk.camera}")).json()["copies"][0]["export"]
    if proven:
        await nothing_recorded(desk, second)
    else:
        await tell(desk.room, BEGUN)
        desk.room.storage.proof = proof_of(BEGUN, f"{LILLE}/{second}/main")
    answer = await ended(desk, path, status="redacted-copy", packages=[export])
    assert answer.status_code == (200 if proven else 409), answer.text
    if not proven:
        assert answer.json()["why"]["params"]["camera"] == second


async def test_a_refusal_asks_nothing_of_storage(desk: Desk) -> None:
    made = await entered(desk)
    desk.room.storage.away = True
    answer = await desk.other.post(f"/access-requests/{made['id']}/end", json=REFUSAL)
    assert (answer.status_code, answer.json()["status"]) == (200, "refused")


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"status": "refused"}, "ground"),
        ({"status": "redacted-copy"}, "packages"),
        ({"status": "destroyed", "packages": ["x-1"]}, "packages"),
        ({"status": "open"}, "status"),
    ],
)
async def test_an_answer_has_what_it_takes(desk: Desk, answer: dict[str, object], field: str) -> None:
    made = await entered(desk)
    refused = await ended(desk, f"/access-requests/{made['id']}", **answer)
    assert (refused.status_code, refused.json()["field"]) == (400, field)
