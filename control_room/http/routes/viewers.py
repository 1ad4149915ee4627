"""Who watches now, and how it arrives: an administrator sees all, a commune its own cameras without names."""

import asyncio
from hashlib import sha256

from fastapi import APIRouter

from control_room.callers import Caller
from control_room.desk import Desk
from control_room.http.access import SignedIn, TheDesk
from control_room.http.problems import READING
from control_room.http.schemas.viewers import MuxView, ViewerPerson, Viewers, ViewerTile, ViewerView
from control_room.model import Person
from control_room.muxes import MuxPlace, MuxStatus
from control_room.placement import MuxHealth
from control_room.rights import LISTING, PLATFORM, Action, decide
from control_room.watching import WatchedTile, Watcher, visible
from shared.errors import Unavailable

router = APIRouter(prefix="/viewers", tags=["viewers"])
_ID_CHARS = 16
_Told = tuple[tuple[Watcher, ...], str]


@router.get("", operation_id="listViewers", responses=READING)
async def list_viewers(desk: TheDesk, caller: SignedIn) -> Viewers:
    """Every viewer of the caller's cameras, with how each picture arrives and why it is stale."""
    await desk.gate.require(caller, Action.SEE_VIEWER, LISTING)
    places = desk.muxes.places
    told = await asyncio.gather(*(_told(desk, caller, place) for place in places))
    seen = [
        (place.url, watcher)
        for place, (watchers, _) in zip(places, told, strict=True)
        for watcher in visible(caller.person, watchers)
    ]
    named = await _named(desk, caller, {watcher.subject for _, watcher in seen})
    reasons = [reason for _, reason in told]
    return Viewers(
        muxes=[_mux_view(*one) for one in zip(desk.muxes.statuses, reasons, strict=True)],
        viewers=[_viewer_view(url, watcher, named.get(watcher.subject)) for url, watcher in seen],
    )


async def _told(desk: Desk, caller: Caller, place: MuxPlace) -> _Told:
    try:
        return await desk.mux_client.viewers(place.internal_url, caller.person.id, caller.session), ""
    except Unavailable as error:
        return (), error.detail


async def _named(desk: Desk, caller: Caller, ids: set[str]) -> dict[str, Person]:
    """The people behind the viewers, for who may know them."""
    if not decide(caller.person, Action.MANAGE_PERSON, PLATFORM).allowed:
        return {}
    async with desk.db.read() as tx:
        return {person.id: person for person in await tx.people.named(ids)}


def _mux_view(status: MuxStatus, reason: str) -> MuxView:
    load = status.load if status.health is MuxHealth.LIVING else None
    return MuxView(
        url=status.url,
        health=status.health,
        reason=status.reason or reason,
        viewers=load.viewers if load else None,
        most_viewers=load.most_viewers if load else None,
    )


def _viewer_view(mux: str, watcher: Watcher, person: Person | None) -> ViewerView:
    return ViewerView(
        # The mux's own id is the secret that ends a session there.
        id=sha256(watcher.id.encode()).hexdigest()[:_ID_CHARS],
        person=ViewerPerson(id=person.id, login=person.login, name=person.name) if person else None,
        mux=mux,
        rtt_ms=watcher.rtt_ms,
        jitter_ms=watcher.jitter_ms,
        loss=watcher.loss,
        available_kbps=watcher.available_kbps,
        tiles=[_tile_view(tile) for tile in watcher.tiles],
    )


def _tile_view(tile: WatchedTile) -> ViewerTile:
    return ViewerTile(
        camera=tile.camera_id,
        commune=tile.commune,
        kind=tile.kind,
        codec=tile.codec,
        transcoded=tile.transcoded,
        bitrate_kbps=tile.bitrate_kbps,
        loss=tile.loss,
        freezes=tile.freezes,
        freeze_ms=tile.freeze_ms,
        dropped=tile.dropped,
        first_packet_ms=tile.first_packet_ms,
        first_frame_ms=tile.first_frame_ms,
        stale=tile.stale,
        reason=tile.reason,
    )
