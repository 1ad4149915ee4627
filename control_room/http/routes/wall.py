"""One ticket for a wall of cameras. The journal has each camera before the ticket leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from control_room.access.callers import Caller
from control_room.access.gate import NOT_THEIRS
from control_room.access.rights import LISTING, Right, communes, decide
from control_room.desk import Desk
from control_room.http.access import SignedIn, TheDesk
from control_room.http.problems import WRITING
from control_room.http.schemas.images import WallCamera, WallRequest, WallTicket
from control_room.http.views import ice_views, why_view
from control_room.model.journal import Outcome
from control_room.model.territory import Camera, blocked_reason
from shared.errors import Forbidden
from shared.reasons import Reason

router = APIRouter(prefix="/wall", tags=["images"])
# Of a camera of others and of one there is not alike: nobody learns which ids others have.
_NOT_THEIRS = NOT_THEIRS["camera"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A camera asked for. `refused` is None where it is shown; a `foreign` one lies out of reach."""

    id: str
    camera: Camera | None
    refused: Reason | None
    foreign: bool = False


@router.post("", operation_id="openWall", status_code=201, responses=WRITING)
async def open_wall(desk: TheDesk, caller: SignedIn, body: WallRequest) -> WallTicket:
    """A ticket to watch several cameras in one connection; what may not be shown says why, the rest is."""
    asked = await _decided(desk, caller, body.cameras)
    shown = [one for one in asked if one.refused is None]
    events = [
        caller.event(
            Right.LIVE,
            Outcome.GRANTED if one.refused is None else Outcome.REFUSED,
            commune=one.camera.commune,
            camera=one.camera.id,
            detail=one.refused or "wall",
            motive=body.motive,
        )
        for one in asked
        if one.camera is not None
    ]
    await desk.gate.require(caller, Right.LIVE, LISTING, *events)
    if all(one.foreign for one in asked):
        unknown = caller.event(Right.LIVE, motive=body.motive)
        await desk.gate.refuse(Forbidden(_NOT_THEIRS), events or (unknown,))
    mux = desk.muxes.place(body.avoid, len(shown)) if shown else None
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, *events)
    desk.counters.refusals.labels(Right.LIVE).inc(len(events) - len(shown))
    cameras = [_view(one) for one in asked]
    if mux is None:
        return WallTicket(ticket=None, url=None, mux=None, cameras=cameras, ice_servers=[], until=None)
    paths = [one.path for one in cameras if one.path is not None]
    desk.counters.tickets.labels("wall").inc()
    issued = desk.ticketing.wall(paths, caller)
    return WallTicket(
        ticket=issued.token,
        url=f"{mux}/wall",
        mux=mux,
        cameras=cameras,
        ice_servers=ice_views(desk.ice.of(caller.person.id)),
        until=issued.until,
    )


async def _decided(desk: Desk, caller: Caller, ids: Sequence[str]) -> list[_Asked]:
    async with desk.db.read() as tx:
        found = {camera.id: camera for camera in await tx.cameras.named(ids)}
    return [_judged(desk, caller, camera_id, found.get(camera_id)) for camera_id in ids]


def _judged(desk: Desk, caller: Caller, camera_id: str, camera: Camera | None) -> _Asked:
    if camera is None:
        return _Asked(camera_id, None, _NOT_THEIRS, foreign=True)
    if not decide(caller.person, Right.LIVE, communes(camera.commune)).allowed:
        return _Asked(camera_id, camera, _NOT_THEIRS, foreign=True)
    return _Asked(camera_id, camera, blocked_reason(camera, desk.today()))


def _view(one: _Asked) -> WallCamera:
    path = one.camera.stream.camera_path if one.camera is not None and one.refused is None else None
    name = one.camera.name if one.camera is not None and not one.foreign else ""
    said = None if one.refused is None else one.refused.text
    return WallCamera(id=one.id, path=path, name=name, refused=said, why=why_view(one.refused))
