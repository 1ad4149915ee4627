"""What nobody sends by mistake is answered in words, on every route of the document, to who may ask it."""

import json

import httpx
import pytest

from control_room.model.people import Role
from shared.door import Door
from shared.errors import PROBLEM_MEDIA_TYPE
from tests.support.hostile import BODIES, HERE, IN_ADDRESSES, MEDIA_TYPES, VALUES, spoilt
from tests.unit.control_room.http.test_matrix import EXPECTED, _text, filled, operations, things
from tests.unit.control_room.room import LILLE, RECORDER_TOKEN, Room, camera_body, made_app

DOCUMENT = made_app().openapi()
ROUTES = operations()
# These take everything away that the others need.
DESTRUCTIVE = {"signOut", "signIn", "removePerson", "removeCommune"}
FULL: dict[str, object] = {
    "changeCamera": camera_body() | {"sub_address": "rtsp://10.1.4.20/2", "lat": 1.0, "recorded": True},
    "changePerson": {"name": "Other", "kind": "legal", "communes": [LILLE], "password": "a long new phrase"},
    "changeCommune": {"name": "Other", "population": 1, "has_csu": True},
    "putCameraReports": {
        "reports": [
            {
                "stream": f"{LILLE}/cam-1/main",
                "status": "live",
                "reason": "pictures arrive",
                "since": "2026-11-20T21:00:00Z",
                "run": 1,
                "width": 640,
                "height": 360,
                "fps": 25.0,
                "codec": "h264",
                "advice": "none",
            }
        ]
    },
    "putRecordingReports": {
        "reports": [
            {
                "stream": f"{LILLE}/cam-1/main",
                "status": "recording",
                "reason": "recording",
                "since": "2026-11-20T21:00:00Z",
            }
        ]
    },
    "openLive": {"motive": "evening watch", "avoid": "https://mux.test"},
}


class Attacker:
    """Asks as each of those who may, and keeps what was not answered as the document says."""

    def __init__(self, room: Room, ids: dict[str, str], browsers: dict[str, httpx.AsyncClient]) -> None:
        self.ids = ids
        self.wrong: list[str] = []
        transport = httpx.ASGITransport(Door(room.transport.app))
        self._clients = {
            who: httpx.AsyncClient(
                transport=transport,
                base_url="http://control.test",
                cookies=browser.cookies,
                headers={"x-beffroi": "1"} | dict(browser.headers),
            )
            for who, browser in browsers.items()
        }

    async def ask(self, name: str, address: str, body: bytes | None, media_type: str) -> None:
        who = next(who for who in self._clients if who in EXPECTED[name].allowed)
        method, template = ROUTES[name]
        headers = {"content-type": media_type} if body is not None and media_type else {}
        answer = await self._clients[who].request(method, address, content=body, headers=headers)
        told = DOCUMENT["paths"][template][method]["responses"]
        kind = answer.headers.get("content-type", "")
        # An address that was changed may be another's or nobody's.
        elsewhere = answer.status_code in (404, 405) and address != filled(template, self.ids)
        if (str(answer.status_code) not in told and not elsewhere) or (
            answer.status_code >= 400 and kind != PROBLEM_MEDIA_TYPE
        ):
            self.wrong.append(
                f"{who} {address[:200]} {(body or b'')[:300]!r} {media_type}: {answer.status_code}"
            )


@pytest.fixture
async def attacker(room: Room, admin: httpx.AsyncClient) -> Attacker:
    ids = await things(room, admin)
    browsers = {"admin": admin} | {
        kind.value: await room.signed_in(kind, LILLE) for kind in (Role.OPERATOR, Role.COMMUNE, Role.LEGAL)
    }
    browsers["worker"] = (await room.worker(admin))[1]
    browsers["recorder"] = room.machine(RECORDER_TOKEN)
    return Attacker(room, ids, browsers)


def body_of(name: str, ids: dict[str, str]) -> object:
    made: object = json.loads(_text(FULL.get(name, EXPECTED[name].body), ids))
    return made


NAMES = sorted(set(EXPECTED) - DESTRUCTIVE)
WITH_BODIES = [name for name in NAMES if EXPECTED[name].body is not None] + ["signIn"]


@pytest.mark.parametrize("name", WITH_BODIES)
async def test_a_hostile_value_in_any_member_is_answered_in_words(attacker: Attacker, name: str) -> None:
    address = filled(ROUTES[name][1], attacker.ids)
    for body in spoilt(body_of(name, attacker.ids)):
        for value in VALUES:
            text = json.dumps(body).replace(json.dumps(HERE), value)
            await attacker.ask(name, address, text.encode(), "application/json")
    assert attacker.wrong == []


@pytest.mark.parametrize("name", WITH_BODIES)
async def test_a_body_that_is_none_or_of_another_kind_is_answered_in_words(
    attacker: Attacker, name: str
) -> None:
    address = filled(ROUTES[name][1], attacker.ids)
    for body in BODIES:
        await attacker.ask(name, address, body, "application/json")
    good = json.dumps(body_of(name, attacker.ids)).encode()
    for media_type in MEDIA_TYPES:
        await attacker.ask(name, address, good, media_type)
    assert attacker.wrong == []


async def test_hostile_addresses_are_answered_in_words(attacker: Attacker) -> None:
    for name in NAMES:
        method, template = ROUTES[name]
        body = None if EXPECTED[name].body is None else json.dumps(body_of(name, attacker.ids)).encode()
        named = DOCUMENT["paths"][template][method].get("parameters", [])
        for hostile in IN_ADDRESSES:
            for parameter in named:
                if parameter["in"] == "path":
                    broken = dict(attacker.ids) | {parameter["name"]: hostile or "%20"}
                    await attacker.ask(name, filled(template, broken), body, "application/json")
                if parameter["in"] == "query":
                    address = f"{filled(template, attacker.ids)}?{parameter['name']}={hostile}"
                    await attacker.ask(name, address, body, "application/json")
    assert attacker.wrong == []
