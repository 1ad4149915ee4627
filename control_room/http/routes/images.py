"""Tickets to a camera's images. The journal has each before it leaves."""

from fastapi import APIRouter

from control_room.access.rights import Right
from control_room.http.access import SignedIn, TheDesk
from control_room.http.problems import WRITING
from control_room.http.schemas.images import LiveRequest, LiveTicket, PlaybackRequest, PlaybackTicket
from control_room.http.views import ice_views
from control_room.model.journal import Outcome
from control_room.model.territory import blocked_reason
from shared.errors import Conflict

router = APIRouter(prefix="/cameras", tags=["images"])


@router.post("/{camera_id}/live", operation_id="openLive", status_code=201, responses=WRITING)
async def open_live(desk: TheDesk, caller: SignedIn, camera_id: str, body: LiveRequest) -> LiveTicket:
    """A ticket to watch a camera now. The journal has it before the ticket leaves."""
    camera = await desk.gate.camera(caller, Right.LIVE, camera_id, body.motive)
    event = caller.event(
        Right.LIVE, Outcome.GRANTED, commune=camera.commune, camera=camera.id, motive=body.motive
    )
    blocked = blocked_reason(camera, desk.today())
    if blocked is not None:
        await desk.gate.refuse(Conflict(blocked), [event])
    mux = desk.muxes.place(body.avoid)
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, event)
    stream = str(camera.stream)
    desk.counters.tickets.labels(Right.LIVE).inc()
    issued = desk.ticketing.live(stream, caller)
    return LiveTicket(
        ticket=issued.token,
        url=f"{mux}/whep/{stream}",
        mux=mux,
        stream=stream,
        until=issued.until,
        ice_servers=ice_views(desk.ice.of(caller.person.id)),
    )


@router.post("/{camera_id}/playback", operation_id="openPlayback", status_code=201, responses=WRITING)
async def open_playback(
    desk: TheDesk, caller: SignedIn, camera_id: str, body: PlaybackRequest
) -> PlaybackTicket:
    """A ticket to play a range of a camera's recordings, also of one that may no longer be shown live."""
    camera = await desk.gate.camera(caller, Right.PLAYBACK, camera_id, body.motive)
    event = caller.event(
        Right.PLAYBACK,
        Outcome.GRANTED,
        commune=camera.commune,
        camera=camera.id,
        detail=f"{body.start.isoformat()} to {body.end.isoformat()}",
        motive=body.motive,
    )
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, event)
    stream = str(camera.stream)
    desk.counters.tickets.labels(Right.PLAYBACK).inc()
    issued = desk.ticketing.playback(stream, caller, body.start, body.end)
    return PlaybackTicket(
        ticket=issued.token,
        url=f"{desk.storage_url}/recordings/{stream}",
        stream=stream,
        start=body.start,
        end=body.end,
        until=issued.until,
    )
