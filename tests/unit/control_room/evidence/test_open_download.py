"""Handing a finished export over."""

from urllib.parse import parse_qs, urlsplit

import httpx

from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from shared.tickets import Action
from tests.unit.control_room.room import LILLE, RANGE, Room

EXPORT = {"reference": "PV 118-3", "authority": "OPJ Martin, 60-1", "motive": "theft", **RANGE}


async def test_only_a_finished_export_can_be_fetched_and_each_time_is_journaled(
    room: Room, admin: httpx.AsyncClient
) -> None:
    camera = await room.camera(admin)
    legal = await room.signed_in(Role.LEGAL, LILLE)
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
