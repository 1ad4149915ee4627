"""Who watches now, and how it arrives: an administrator sees all, a commune its own cameras without names."""

import asyncio

from fastapi import APIRouter

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, PLATFORM, Action, decide
from control_room.desk import Desk
from control_room.http.access import SignedIn, TheDesk
from control_room.http.problems import READING
from control_room.http.schemas.viewers import Viewers
from control_room.http.views import mux_view, viewer_view
from control_room.live.muxes import MuxPlace
from control_room.live.watching import visible
from control_room.model import Person
from shared.errors import Unavailable
from shared.messages.live import NamedViewer
from shared.reasons import Reason

router = APIRouter(prefix="/viewers", tags=["viewers"])
_Told = tuple[tuple[NamedViewer, ...], str | Reason]


@router.get("", operation_id="listViewers", responses=READING)
async def list_viewers(desk: TheDesk, caller: SignedIn) -> Viewers:
    """Every viewer of the caller's cameras, with how each picture arrives and why it is stale."""
    await desk.gate.require(caller, Action.SEE_VIEWER, LISTING)
    places = desk.muxes.places
    told = await asyncio.gather(*(_told(desk, caller, place) for place in places))
    seen = [
        (place.url, viewer)
        for place, (viewers, _) in zip(places, told, strict=True)
        for viewer in visible(caller.person, viewers)
    ]
    named = await _named(desk, caller, {viewer.subject for _, viewer in seen})
    reasons = [reason for _, reason in told]
    return Viewers(
        muxes=[mux_view(*one) for one in zip(desk.muxes.statuses, reasons, strict=True)],
        viewers=[viewer_view(url, viewer, named.get(viewer.subject)) for url, viewer in seen],
    )


async def _told(desk: Desk, caller: Caller, place: MuxPlace) -> _Told:
    try:
        return await desk.mux_client.viewers(place.internal_url, caller.person.id, caller.session), ""
    except Unavailable as error:
        return (), error.told


async def _named(desk: Desk, caller: Caller, ids: set[str]) -> dict[str, Person]:
    """The people behind the viewers, for who may know them."""
    if not decide(caller.person, Action.MANAGE_PERSON, PLATFORM).allowed:
        return {}
    async with desk.db.read() as tx:
        return {person.id: person for person in await tx.people.named(ids)}
