"""One ticket for many cameras: each decided, each journaled, what may not be shown says why."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from control_room.model.people import Role
from shared.tickets import MOST_CAMERAS, WALL_RESOURCE, Action
from tests.unit.control_room.room import LILLE, ROUBAIX, Room, open_room

A, B = "https://mux-a.test", "https://mux-b.test"
MOTIVE = {"motive": "evening watch"}


@pytest.fixture
async def room(tmp_path: Path, template: Path) -> AsyncIterator[Room]:
    more = {
        "mux_urls": f"{A}/, {B}",
        "turn_urls": "turn:turn.test:3478",
        "turn_secret": "a secret of the tests",
        "stun_urls": "stun:stun.test",
    }
    async with open_room(tmp_path, template=template, more=more) as made:
        await made.rooms.live.muxes.look()
        yield made


async def lives(room: Room, admin: httpx.AsyncClient) -> list[dict[str, str]]:
    return [entry for entry in await room.journal(admin) if entry["action"] == "live"]


async def test_a_wall_is_one_ticket_for_the_cameras_in_tile_order(
    room: Room, admin: httpx.AsyncClient
) -> None:
    cameras = [await room.camera(admin, LILLE, name=f"camera {number}") for number in range(3)][::-1]
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = await operator.post("/wall", json={"cameras": cameras, **MOTIVE})
    told = answer.json()
    assert (answer.status_code, told["mux"], told["url"]) == (201, A, f"{A}/wall")
    ticket = room.verifier.verify(told["ticket"], Action.WALL, WALL_RESOURCE)
    paths = [f"{LILLE}/{camera}" for camera in cameras]
    assert list(ticket.cameras) == [one["path"] for one in told["cameras"]] == paths
    assert [one["id"] for one in told["cameras"]] == cameras
    assert [one["name"] for one in told["cameras"]] == ["camera 2", "camera 1", "camera 0"]
    me = (await operator.get("/session")).json()
    assert (ticket.subject, ticket.session) == (me["person"]["id"], me["session"])
    entries = await lives(room, admin)
    assert {(entry["camera"], entry["outcome"], entry["motive"]) for entry in entries} == {
        (camera, "granted", "evening watch") for camera in cameras
    }


async def test_what_may_not_be_shown_says_why_and_the_rest_is_shown(
    room: Room, admin: httpx.AsyncClient
) -> None:
    shown = await room.camera(admin, LILLE)
    blocked = await room.camera(admin, LILLE, authorisation=None)
    foreign = await room.camera(admin, ROUBAIX, name="Not theirs to know")
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    asked = ["cam-gone", foreign, shown, blocked]
    told = (await operator.post("/wall", json={"cameras": asked, **MOTIVE})).json()
    assert list(room.verifier.verify(told["ticket"], Action.WALL, WALL_RESOURCE).cameras) == [
        f"{LILLE}/{shown}"
    ]
    refused = [one["refused"] for one in told["cameras"]]
    assert refused[0] == refused[1] == "there is no such camera in your communes"
    assert refused[2] is None
    assert "no prefectural authorisation" in refused[3]
    assert [one["path"] for one in told["cameras"]] == [None, None, f"{LILLE}/{shown}", None]
    assert "Not theirs to know" not in str(told)
    outcomes = {entry["camera"]: entry["outcome"] for entry in await lives(room, admin)}
    assert outcomes == {foreign: "refused", shown: "granted", blocked: "refused"}


async def test_a_wall_of_blocked_cameras_has_no_ticket_but_the_reasons(
    room: Room, admin: httpx.AsyncClient
) -> None:
    blocked = await room.camera(admin, LILLE, authorisation=None)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = await operator.post("/wall", json={"cameras": [blocked], **MOTIVE})
    told = answer.json()
    assert (answer.status_code, told["ticket"], told["url"]) == (201, None, None)
    assert "no prefectural authorisation" in told["cameras"][0]["refused"]


async def test_a_wall_of_other_communes_is_refused_and_each_camera_journaled(
    room: Room, admin: httpx.AsyncClient
) -> None:
    cameras = [await room.camera(admin, ROUBAIX) for _ in range(2)]
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    assert (await operator.post("/wall", json={"cameras": cameras, **MOTIVE})).status_code == 403
    entries = await lives(room, admin)
    assert {(entry["camera"], entry["outcome"]) for entry in entries} == {(one, "refused") for one in cameras}


@pytest.mark.parametrize(
    "wrong",
    [
        {"cameras": []},
        {"cameras": [f"cam-{number}" for number in range(MOST_CAMERAS + 1)]},
        {"cameras": ["cam-1", "cam-1"]},
        {"cameras": ["../x"]},
        {"motive": " "},
    ],
)
async def test_a_wall_that_makes_no_sense_is_refused(room: Room, wrong: dict[str, object]) -> None:
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    answer = await operator.post("/wall", json={"cameras": ["cam-1"], **MOTIVE} | wrong)
    assert answer.status_code == 400


async def test_the_longest_wall_fits_in_a_ticket(room: Room, admin: httpx.AsyncClient) -> None:
    cameras = [await room.camera(admin, LILLE) for _ in range(MOST_CAMERAS)]
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    told = (await operator.post("/wall", json={"cameras": cameras, **MOTIVE})).json()
    assert len(room.verifier.verify(told["ticket"], Action.WALL, WALL_RESOURCE).cameras) == MOST_CAMERAS


async def test_a_viewer_who_lost_a_mux_gets_another(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    wall = (await operator.post("/wall", json={"cameras": [camera], "avoid": A, **MOTIVE})).json()
    single = (await operator.post(f"/cameras/{camera}/live", json={"avoid": f"{B}/", **MOTIVE})).json()
    assert (wall["mux"], single["mux"]) == (B, A)
    assert single["url"] == f"{A}/whep/{LILLE}/{camera}/main"


async def test_without_a_mux_nothing_is_granted_and_it_is_said(room: Room, admin: httpx.AsyncClient) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    room.muxes.away |= {"mux-a.test", "mux-b.test"}
    await room.rooms.live.muxes.look()
    answers = [
        await operator.post("/wall", json={"cameras": [camera], **MOTIVE}),
        await operator.post(f"/cameras/{camera}/live", json=MOTIVE),
    ]
    assert [(answer.status_code, "no mux answers" in answer.json()["detail"]) for answer in answers] == [
        (503, True)
    ] * 2
    assert await lives(room, admin) == []


async def test_browsers_are_told_of_stun_and_turn_with_credentials_of_their_own(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    operator = await room.signed_in(Role.OPERATOR, LILLE)
    wall = (await operator.post("/wall", json={"cameras": [camera], **MOTIVE})).json()["ice_servers"]
    single = (await operator.post(f"/cameras/{camera}/live", json=MOTIVE)).json()["ice_servers"]
    assert wall == single
    stun, turn = wall
    assert stun == {"urls": ["stun:stun.test"], "username": None, "credential": None}
    assert turn["urls"] == ["turn:turn.test:3478"]
    assert int(turn["username"].partition(":")[0]) > room.clock.utc_ns() // 10**9


async def test_the_page_may_reach_every_mux(room: Room) -> None:
    policy = (await room.anonymous().get("/api/v1/session")).headers["content-security-policy"]
    assert f" {A} {B} " in policy
