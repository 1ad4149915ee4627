"""Every route of the document is asked anything, by each kind of person: it never fails, nor says what the
document does not."""

import os
from collections.abc import Mapping

import httpx
import pytest

from control_room.http.access import COOKIE
from control_room.model.people import Person, Role
from tests.support.fuzz import Operation, faults, operations, request_of
from tests.unit.control_room.room import (
    LILLE,
    RANGE,
    RECORDER_TOKEN,
    ROUBAIX,
    SAME_SITE,
    Room,
    made_app,
    requisition_body,
)

EXAMPLES = int(os.environ.get("BEFFROI_TEST_EXAMPLES", "40")) // 10
BASE = "http://control.test"
OPERATIONS = {one.id: one for one in operations(made_app().openapi(), EXAMPLES)}


class Visitor:
    """Somebody who asks, signed in anew whenever a request ended the session."""

    def __init__(self, room: Room, person: Person | None) -> None:
        self._room = room
        self._person = person

    async def cookies(self) -> dict[str, str]:
        if self._person is None:
            return {}
        async with self._room.db.read() as tx:
            person = await tx.people.get(self._person.id)
        return {COOKIE: (await self._room.rooms.identity.sessions.open(person))[0]}


class Scene:
    """A control room with something of each kind in it."""

    def __init__(self, room: Room, ids: Mapping[str, str], worker: str) -> None:
        self.room = room
        self.ids = ids
        self.worker = worker
        self.client = httpx.AsyncClient(transport=room.transport)

    async def visitors(self) -> dict[str, Visitor]:
        people = [await self.room.person(kind, [LILLE]) for kind in Role]
        return {"nobody": Visitor(self.room, None)} | {
            person.role.value: Visitor(self.room, person) for person in people
        }


async def scene_of(room: Room, admin: httpx.AsyncClient) -> Scene:
    camera = await room.camera(admin)
    worker_id, worker = await room.worker(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
    hold = {"camera": camera, "reference": "PV 118", "basis": "preliminary", "motive": "inquiry", **RANGE}
    export = {**hold, "authority": "OPJ Martin", "cameras": [camera]}
    del export["camera"], export["basis"]
    made = {
        "camera_id": camera,
        "worker_id": worker_id,
        "code": LILLE,
        "person_id": (await room.person(Role.OPERATOR, [ROUBAIX])).id,
        "hold_id": (await legal.post("/holds", json=hold)).json()["id"],
        "export_id": (await legal.post("/exports", json=export)).json()["id"],
        "requisition_id": (await legal.post("/requisitions", json=requisition_body(camera))).json()["id"],
    }
    return Scene(room, made, worker.headers["authorization"])


async def asked(scene: Scene, operation: Operation, visitor: Visitor) -> list[str]:
    """What was wrong with the answers to all cases of an operation."""
    wrong: list[str] = []
    machine = {"Authorization": scene.worker if "Wanted" in operation.id or "Camera" in operation.id else ""}
    if "Record" in operation.id:
        machine = {"Authorization": f"Bearer {RECORDER_TOKEN}"}
    for number, case in enumerate(operation.cases):
        if number % 2:
            case.path_parameters.update(
                {name: value for name, value in scene.ids.items() if name in case.path_parameters}
            )
        request = request_of(case, BASE, SAME_SITE | machine, await visitor.cookies())
        answer = await scene.client.send(request)
        wrong += [
            f"{answer.status_code} {request.method} {request.url} {request.content[:200]!r}: {one}"
            for one in faults(case, answer)
        ]
    return wrong


@pytest.mark.parametrize("id", OPERATIONS)
async def test_no_request_makes_a_route_fail_or_answer_what_its_document_does_not_tell(
    room: Room, admin: httpx.AsyncClient, id: str
) -> None:
    scene = await scene_of(room, admin)
    wrong = {
        name: await asked(scene, OPERATIONS[id], visitor)
        for name, visitor in (await scene.visitors()).items()
    }
    assert not any(wrong.values()), "\n".join(f"{who}: {one}" for who, all in wrong.items() for one in all)
