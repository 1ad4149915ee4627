"""Every route of the document, asked by everybody: a route nobody decided on fails here."""

import json
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from control_room.http.app import create_app
from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from tests.unit.control_room.ledgers import BEGUN, as_json, proof_of, tell
from tests.unit.control_room.room import (
    LILLE,
    RECORDER_TOKEN,
    ROUBAIX,
    Room,
    camera_body,
    open_room,
    requisition_body,
)

RANGE = {"from": "2026-11-20T21:00:00Z", "to": "2026-11-20T21:15:00Z"}
EVERYBODY = ("anonymous", "operator", "commune", "legal", "admin", "operator of none", "worker", "recorder")
PEOPLE = frozenset({"operator", "commune", "legal", "admin", "operator of none"})


@dataclass(frozen=True)
class Expected:
    """The status for those who may (`allowed`, by name); the rest of the people get 403, strangers 401."""

    status: int
    allowed: frozenset[str]
    body: object = None
    path: str = ""

    def of(self, who: str) -> int:
        if who in self.allowed:
            return self.status
        return 403 if who in PEOPLE and not self.allowed <= {"worker", "recorder"} else 401


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


ADMIN = only("admin")
LEGAL = only("legal")
BOUND = only("operator", "commune", "legal", "admin")
EVENING = {"from": "2026-11-20T19:00:00Z", "to": "2026-11-20T20:00:00Z"}
ASKING = {
    "person": "J. Petit",
    "contact": "Lille",
    "identity": "card seen",
    "received_at": "2026-11-21T09:00:00Z",
    **RANGE,
}
MOTIVE = {"motive": "evening watch"}
EXPORT = {"reference": "PV 118", "authority": "OPJ Martin", "cameras": ["{camera}"], **RANGE, **MOTIVE}
# Everything below is about LILLE, to which operator, commune and legal are bound here.
EXPECTED: dict[str, Expected] = {
    "signIn": Expected(401, frozenset(EVERYBODY), {"login": "nobody", "password": "x"}),
    "whoAmI": Expected(200, PEOPLE),
    "signOut": Expected(204, PEOPLE),
    "listCommunes": Expected(200, PEOPLE),
    "createCommune": Expected(
        201, ADMIN, {"code": "59009", "name": "Villeneuve-d'Ascq", "population": 62_000}
    ),
    "getCommune": Expected(200, BOUND),
    "changeCommune": Expected(200, ADMIN, {"population": 1}),
    "removeCommune": Expected(204, ADMIN, path="/api/v1/communes/59512"),
    "listWorkers": Expected(200, ADMIN),
    "createWorker": Expected(201, ADMIN, {"name": "town hall"}),
    "revokeWorker": Expected(204, ADMIN),
    "listCameras": Expected(200, PEOPLE),
    "createCamera": Expected(201, only("admin", "commune"), camera_body()),
    "getCamera": Expected(200, BOUND),
    "changeCamera": Expected(200, only("admin", "commune"), {"name": "Other"}),
    "removeCamera": Expected(204, only("admin", "commune")),
    "openLive": Expected(201, only("operator"), MOTIVE),
    "openWall": Expected(201, only("operator"), {"cameras": ["{camera}"], **MOTIVE}),
    "listViewers": Expected(200, only("admin", "commune")),
    "openPlayback": Expected(201, LEGAL, {**RANGE, **MOTIVE}),
    "listPeople": Expected(200, ADMIN),
    "createPerson": Expected(
        201, ADMIN, {"login": "new", "name": "New", "kind": "legal", "password": "a long new phrase"}
    ),
    "getPerson": Expected(200, ADMIN),
    "changePerson": Expected(200, ADMIN, {"name": "Other"}),
    "removePerson": Expected(204, ADMIN),
    "listExports": Expected(200, LEGAL),
    "createExport": Expected(201, LEGAL, EXPORT),
    "getExport": Expected(200, LEGAL),
    "openDownload": Expected(201, LEGAL, MOTIVE),
    "listHolds": Expected(200, LEGAL),
    "cancelExport": Expected(200, LEGAL, MOTIVE),
    "createHold": Expected(
        201,
        LEGAL,
        {"camera": "{camera}", "reference": "PV 118", "basis": "flagrant", **RANGE, **MOTIVE},
    ),
    "getHoldsStanding": Expected(200, LEGAL),
    "preserve": Expected(201, only("legal", "operator"), {"camera": "{camera}", **EVENING, **MOTIVE}),
    "confirmHold": Expected(200, LEGAL, MOTIVE, "/api/v1/holds/{preserved}/confirm"),
    "reviewHold": Expected(200, LEGAL, {"review_at": "2026-12-20T09:00:00Z", **MOTIVE}),
    "getDesk": Expected(200, LEGAL),
    "listRequisitions": Expected(200, LEGAL),
    "createRequisition": Expected(201, LEGAL, requisition_body("{camera}")),
    "getRequisition": Expected(200, LEGAL),
    "changeRequisition": Expected(
        200, LEGAL, requisition_body("{camera}", version=1), "/api/v1/requisitions/{entered}"
    ),
    "listRequisitionVersions": Expected(200, LEGAL),
    "preflightRequisition": Expected(200, LEGAL),
    "approveRequisition": Expected(
        200, LEGAL, {"version": 1, **MOTIVE}, "/api/v1/requisitions/{to_approve}/approve"
    ),
    "refuseRequisition": Expected(
        200, LEGAL, {"version": 1, **MOTIVE}, "/api/v1/requisitions/{to_refuse}/refuse"
    ),
    "withdrawRequisition": Expected(
        200, LEGAL, {"version": 1, **MOTIVE}, "/api/v1/requisitions/{to_withdraw}/withdraw"
    ),
    "retryRequisition": Expected(409, LEGAL, MOTIVE),
    "deliverRequisition": Expected(
        201,
        LEGAL,
        {"name": "A. Martin", "capacity": "opj", "service": "Lille", "medium": "disc 12", **MOTIVE},
    ),
    "getReceipt": Expected(200, LEGAL),
    "listTransmissions": Expected(200, only("legal", "commune")),
    "releaseHold": Expected(204, LEGAL),
    "listAccessRequests": Expected(200, LEGAL),
    "createAccessRequest": Expected(201, LEGAL, {**ASKING, "cameras": ["{camera}"]}),
    "getAccessRequest": Expected(200, LEGAL),
    "endAccessRequest": Expected(200, LEGAL, {"status": "refused", "ground": "identity", **MOTIVE}),
    "listDestructions": Expected(200, only("legal", "commune")),
    "listLedgerHeads": Expected(200, only("legal", "commune")),
    "readRegisterStanding": Expected(200, only("legal", "commune")),
    "proveDestruction": Expected(200, LEGAL, {**RANGE, **MOTIVE}),
    "answerDestruction": Expected(200, LEGAL, {**RANGE, **MOTIVE}),
    "getStorage": Expected(200, ADMIN),
    "confirmClock": Expected(204, ADMIN, {"utc": "2026-11-21T12:00:00Z", **MOTIVE}),
    "listJournal": Expected(200, only("admin", "commune")),
    "verifyJournal": Expected(200, ADMIN),
    "listJournalHeads": Expected(200, ADMIN),
    "extractJournal": Expected(200, ADMIN),
    "getJournalHead": Expected(404, only("worker")),
    "getWantedCameras": Expected(200, only("worker")),
    "putCameraReports": Expected(204, only("worker"), {"reports": []}),
    "getRecordingPolicies": Expected(200, only("recorder")),
    "putHeldHolds": Expected(200, only("recorder"), {"ids": []}),
    "putLedger": Expected(200, only("recorder"), as_json(BEGUN)),
    "putRecordingReports": Expected(200, only("recorder"), {"reports": []}),
}

# These end what others need, so they are asked last, in this order.
LAST = (
    "deliverRequisition",
    "getReceipt",
    "cancelExport",
    "revokeWorker",
    "releaseHold",
    "removeCamera",
    "removePerson",
    "removeCommune",
    "signOut",
)


def operations() -> dict[str, tuple[str, str]]:
    """Method and path of each operation of the document."""
    return {
        operation["operationId"]: (method, path)
        for path, item in create_app().openapi()["paths"].items()
        for method, operation in item.items()
    }


def test_every_route_of_the_document_has_an_expectation() -> None:
    assert set(operations()) == set(EXPECTED)


async def things(room: Room, admin: httpx.AsyncClient) -> dict[str, str]:
    """The ids that stand in paths, of things of LILLE."""
    camera = await room.camera(admin)
    worker, _ = await room.worker(admin)
    somebody = await room.person(Role.OPERATOR, [LILLE], "somebody")
    legal = await room.signed_in(Role.LEGAL, LILLE)
    room.storage.status = ExportStatus.DONE
    await tell(room, BEGUN)
    room.storage.proof = proof_of(BEGUN)
    export = (await legal.post("/exports", json=json.loads(_text(EXPORT, {"camera": camera})))).json()["id"]
    hold_body = json.loads(_text(EXPECTED["createHold"].body, {"camera": camera}))
    hold = (await legal.post("/holds", json=hold_body)).json()["id"]
    preserved = {"camera": camera, "motive": "seen", **RANGE}
    entered = [
        (await legal.post("/requisitions", json=requisition_body(camera))).json()["id"] for _ in range(5)
    ]
    other = await room.signed_in(Role.LEGAL, LILLE)
    approval = {"version": 1, "motive": "checked"}
    approved = await other.post(f"/requisitions/{entered[0]}/approve", json=approval)
    assert approved.status_code == 200, approved.text
    asking = await legal.post("/access-requests", json=ASKING | {"cameras": [camera]})
    return {
        "request_id": asking.json()["id"],
        "preserved": (await legal.post("/holds/preservations", json=preserved)).json()["id"],
        "requisition_id": entered[0],
        "entered": entered[1],
        "to_approve": entered[2],
        "to_refuse": entered[3],
        "to_withdraw": entered[4],
        "camera": camera,
        "camera_id": camera,
        "worker_id": worker,
        "person_id": somebody.id,
        "export_id": export,
        "hold_id": hold,
        "code": LILLE,
    }


def _text(body: object, ids: dict[str, str]) -> str:
    text = json.dumps(body)
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


async def browser_of(who: str, room: Room, admin: httpx.AsyncClient) -> httpx.AsyncClient:
    if who == "anonymous":
        return room.anonymous()
    if who == "recorder":
        return room.machine(RECORDER_TOKEN)
    if who == "worker":
        return (await room.worker(admin))[1]
    if who == "operator of none":
        return await room.signed_in(Role.OPERATOR)
    return await room.signed_in(Role(who), *([] if who == "admin" else [LILLE]))


@pytest.mark.slow
@pytest.mark.parametrize("who", EVERYBODY)
async def test_each_kind_gets_exactly_what_was_decided_on_every_route(who: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    async with open_room(tmp_path) as room:
        admin = await room.signed_in(Role.ADMIN)
        ids = await things(room, admin)
        browser = await browser_of(who, room, admin)
        browser.base_url = httpx.URL("http://control.test")
        known = operations()
        for name in sorted(known, key=lambda name: (LAST.index(name) if name in LAST else -1, name)):
            expected = EXPECTED[name]
            method, template = known[name]
            path = filled(expected.path or template, ids)
            body = None if expected.body is None else _text(expected.body, ids)
            headers = {"x-beffroi": "1"} | ({"content-type": "application/json"} if body else {})
            answer = await browser.request(method, path, content=body, headers=headers)
            if answer.status_code != expected.of(who):
                wrong.append(f"{name}: {answer.status_code}, not {expected.of(who)}: {answer.text[:200]}")
    assert wrong == []


async def entries_of(room: Room, admin: httpx.AsyncClient) -> int:
    """How many entries the journal has."""
    return int((await room.journal(admin, limit="1"))[0]["seq"])


def filled(template: str, ids: dict[str, str]) -> str:
    """A path with the ids in it."""
    for key, value in ids.items():
        template = template.replace(f"{{{key}}}", value)
    return template


@pytest.mark.slow
async def test_nobody_of_one_commune_gets_anything_of_another_on_any_route(room: Room) -> None:
    admin = await room.signed_in(Role.ADMIN)
    ids = await things(room, admin)
    leaks: list[str] = []
    for kind in (Role.OPERATOR, Role.COMMUNE, Role.LEGAL):
        stranger = await room.signed_in(kind, ROUBAIX)
        stranger.base_url = httpx.URL("http://control.test")
        for name, (method, template) in operations().items():
            if "{" not in template:
                continue
            body = EXPECTED[name].body
            sent = None if body is None else json.loads(_text(body, ids))
            answer = await stranger.request(method, filled(template, ids), json=sent)
            if answer.status_code != 403:
                leaks.append(f"{kind} {name}: {answer.status_code}")
    assert leaks == []


@pytest.mark.slow
async def test_an_id_of_others_and_one_there_is_not_are_answered_alike_on_every_route(room: Room) -> None:
    admin = await room.signed_in(Role.ADMIN)
    theirs = await things(room, admin)
    nobodys = {name: _unlike(value) for name, value in theirs.items()} | {"code": "59001"}
    told: list[str] = []
    for kind in (Role.OPERATOR, Role.COMMUNE, Role.LEGAL):
        stranger = await room.signed_in(kind, ROUBAIX)
        stranger.base_url = httpx.URL("http://control.test")
        for name, (method, template) in operations().items():
            body = EXPECTED[name].body
            if "{" not in template and "{camera}" not in json.dumps(body):
                continue
            seen = []
            for ids in (theirs, nobodys):
                before = await entries_of(room, admin)
                answer = await stranger.request(
                    method,
                    filled(template, ids),
                    content=None if body is None else _text(body, ids),
                    headers={"content-type": "application/json"},
                )
                said = answer.text.replace(ids["code"], "CODE")
                for value in ids.values():
                    said = said.replace(value, "ID")
                # The same work: a refusal is in the journal either way.
                seen.append((answer.status_code, said, await entries_of(room, admin) - before))
            if seen[0] != seen[1]:
                told.append(f"{kind} {name}: {seen}")
    assert told == []


def _unlike(id: str) -> str:
    prefix, _, rest = id.partition("-")
    return f"{prefix}-{'z' * len(rest)}"
