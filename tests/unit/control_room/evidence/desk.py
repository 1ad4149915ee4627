"""A desk of two legal officers, and a requisition on its way."""

from dataclasses import dataclass

import httpx

from control_room.model.people import Role
from shared.messages.storage import ExportStatus
from tests.unit.control_room.room import LILLE, Room, requisition_body

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
DAY_NS = 24 * HOUR_NS
RECIPIENT = {
    "name": "A. Martin",
    "capacity": "opj",
    "service": "Commissariat de Lille",
    "medium": "disc 12",
    "motive": "at the counter",
}


@dataclass
class Desk:
    """Two legal officers of one commune, an administrator, a camera."""

    room: Room
    admin: httpx.AsyncClient
    one: httpx.AsyncClient
    other: httpx.AsyncClient
    camera: str

    async def entered(self, **changes: object) -> dict[str, object]:
        """A requisition that the first one entered."""
        answer = await self.one.post("/requisitions", json=requisition_body(self.camera, **changes))
        assert answer.status_code == 201, answer.text
        made: dict[str, object] = answer.json()
        return made

    async def approved(self, status: ExportStatus = ExportStatus.DONE) -> dict[str, object]:
        """One that the second one approved; storage says this of its export."""
        self.room.storage.status = status
        waiting = await self.entered()
        answer = await self.act(self.other, waiting, "approve")
        assert answer.status_code == 200, answer.text
        made: dict[str, object] = answer.json()
        return made

    async def act(
        self, who: httpx.AsyncClient, found: dict[str, object], what: str, version: int = 1
    ) -> httpx.Response:
        """A decision of somebody's."""
        body = {"version": version, "motive": "checked by phone"}
        return await who.post(f"/requisitions/{found['id']}/{what}", json=body)

    async def now(self, found: dict[str, object]) -> dict[str, object]:
        """A requisition as it stands."""
        return (await self.one.get(f"/requisitions/{found['id']}")).json()  # type: ignore[no-any-return]

    async def holds(self) -> list[tuple[str, str]]:
        """Kind and status of each hold, newest first."""
        items = (await self.one.get("/holds")).json()["items"]
        return [(one["kind"], one["status"]) for one in items]

    async def rounds(self) -> None:
        """What the desk and the orders do by themselves, once."""
        await self.room.rooms.evidence.clerk.round()
        await self.room.rooms.evidence.orders.round()

    async def told(self) -> list[tuple[str, str]]:
        """Action and outcome of the newest entries of the journal, newest first."""
        return [(one["action"], one["outcome"]) for one in await self.room.journal(self.admin)]


async def opened(room: Room, admin: httpx.AsyncClient) -> Desk:
    """The desk of LILLE."""
    one, other = [await room.signed_in(Role.LEGAL, LILLE) for _ in range(2)]
    return Desk(room, admin, one, other, await room.camera(admin))
