"""A commune's edge is told the holds on its own footage, and gets a pass for its own commune alone."""

import httpx
import pytest

from control_room.model.people import Role
from shared.errors import TicketRefused
from shared.messages.codec import decode
from shared.messages.edge import EdgePass
from shared.tickets import Action, edge_resource
from tests.unit.control_room.room import LILLE, RANGE, ROUBAIX, Room

HOLD = {"reference": "PV 118-3", "basis": "preliminary", "motive": "inquiry", **RANGE}


async def held(room: Room, admin: httpx.AsyncClient, commune: str) -> str:
    """A hold on a camera of a commune."""
    camera = await room.camera(admin, commune)
    legal = await room.signed_in(Role.LEGAL, commune)
    hold: str = (await legal.post("/holds", json=HOLD | {"camera": camera})).json()["id"]
    return hold


async def test_an_edge_is_told_the_holds_of_its_commune_and_which_of_its_own_have_ended(
    room: Room, admin: httpx.AsyncClient
) -> None:
    mine, other = await held(room, admin, LILLE), await held(room, admin, ROUBAIX)
    _, worker = await room.worker(admin, LILLE)
    told = (await worker.put("/worker/holds", json={"ids": [mine, "h-unknown"]})).json()
    assert ([one["id"] for one in told["active"]], told["released"]) == ([mine], [])
    legal = await room.signed_in(Role.LEGAL, LILLE)
    await legal.delete(f"/holds/{mine}")
    told = (await worker.put("/worker/holds", json={"ids": [mine, other]})).json()
    assert (told["active"], told["released"]) == ([], [mine])


async def test_what_an_edge_refuses_is_not_taken_for_storage_s_word(
    room: Room, admin: httpx.AsyncClient
) -> None:
    _, worker = await room.worker(admin, LILLE)
    await worker.put("/worker/holds", json={"ids": [], "refusal": "the disk is gone"})
    assert "the disk is gone" not in (await admin.get("/storage")).text


async def test_a_pass_is_for_the_worker_s_own_commune_and_ends_with_its_minute(
    room: Room, admin: httpx.AsyncClient
) -> None:
    _, worker = await room.worker(admin, LILLE)
    given = decode(EdgePass, (await worker.put("/worker/edge-pass")).content)
    verifier = room.storage.verifier
    assert verifier.verify(given.ticket, Action.EDGE, edge_resource(LILLE)).session == ""
    for action, resource in ((Action.EDGE, edge_resource(ROUBAIX)), (Action.STATUS, edge_resource(LILLE))):
        with pytest.raises(TicketRefused):
            verifier.verify(given.ticket, action, resource)
    await room.clock.advance(given.for_s)
    with pytest.raises(TicketRefused):
        verifier.verify(given.ticket, Action.EDGE, edge_resource(LILLE))
