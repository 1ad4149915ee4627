"""Who watches at this moment: an administrator sees all, a commune its own cameras without names."""

import asyncio
from dataclasses import dataclass

from control_room.access.callers import Caller
from control_room.access.rights import LISTING, PLATFORM, Right
from control_room.live.muxes import MuxPlace, MuxStatus
from control_room.live.room import Live
from control_room.live.watching import visible
from control_room.model.people import Person
from shared.errors import Unavailable
from shared.messages.live import NamedViewer
from shared.reasons import Reason

_Told = tuple[tuple[NamedViewer, ...], str | Reason]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A viewer at a mux (base URL); the person only for who may know them."""

    mux: str
    seen: NamedViewer
    person: Person | None


@dataclass(frozen=True, slots=True)
class Viewers:
    """All viewers, and each mux with what is wrong with its answer, empty where it told."""

    muxes: tuple[tuple[MuxStatus, str | Reason], ...]
    viewers: tuple[Viewer, ...]


async def list_viewers(live: Live, caller: Caller) -> Viewers:
    """Every viewer of the caller's cameras, with how each picture arrives and why it is stale."""
    await live.access.gate.require(caller, Right.SEE_VIEWER, LISTING)
    places = live.muxes.places
    told = await asyncio.gather(*(_told(live, caller, place) for place in places))
    now = live.access.now()
    seen = [
        (place.url, viewer)
        for place, (viewers, _) in zip(places, told, strict=True)
        for viewer in visible(caller.person, viewers, now)
    ]
    named = await _named(live, caller, {viewer.subject for _, viewer in seen})
    reasons = [reason for _, reason in told]
    return Viewers(
        tuple(zip(live.muxes.statuses, reasons, strict=True)),
        tuple(Viewer(url, viewer, named.get(viewer.subject)) for url, viewer in seen),
    )


async def _told(live: Live, caller: Caller, place: MuxPlace) -> _Told:
    try:
        return await live.mux_client.viewers(place.internal_url, caller.principal), ""
    except Unavailable as error:
        return (), error.told


async def _named(live: Live, caller: Caller, ids: set[str]) -> dict[str, Person]:
    """The people behind the viewers, for who may know them."""
    if not live.access.gate.decide(caller, Right.MANAGE_PERSON, PLATFORM).allowed:
        return {}
    async with live.access.db.read() as tx:
        return {person.id: person for person in await tx.people.named(ids)}
