"""Watching a wall of cameras with one ticket. The journal has each camera before the ticket leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.gate import NOT_THEIRS
from control_room.access.rights import LISTING, Right, Verdict, decide, pictures_of
from control_room.live.ice import IceServer
from control_room.live.room import Live
from control_room.model.journal import AuditEvent, Outcome
from control_room.model.territory import Camera
from shared.errors import Forbidden
from shared.reasons import Reason, why

# Of a camera of others and of one there is not alike: nobody learns which ids others have.
_NOT_THEIRS = NOT_THEIRS["camera"]
_SHOWN = why("wall-shown", "wall")


@dataclass(frozen=True, slots=True)
class WallTile:
    """A camera asked for. `refused` is None where it is shown; a `foreign` one lies out of reach."""

    id: str
    camera: Camera | None
    refused: Reason | None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class WallPass:
    """A ticket to all tiles that are shown, at which mux (base URL), and until when."""

    ticket: str
    mux: str
    until: datetime
    ice: tuple[IceServer, ...]


async def open_wall(
    live: Live, caller: Caller, cameras: Sequence[str], motive: str, avoid: str | None = None
) -> tuple[list[WallTile], WallPass | None]:
    """The tiles in the order asked for, and the ticket; None where no camera may be shown.

    What may not be shown says why, the rest is. Raises Forbidden where all lie out of reach, and Unavailable
    where no mux serves.
    """
    gate = live.access.gate
    tiles = await _tiles(live, caller, cameras)
    events = [_event(caller, tile, tile.camera, motive) for tile in tiles if tile.camera is not None]
    await gate.require(caller, Right.LIVE, LISTING, *events)
    if all(tile.foreign for tile in tiles):
        unknown = caller.event(Right.LIVE, motive=motive)
        await gate.refuse(Forbidden(_NOT_THEIRS), events or (unknown,))
    shown = sum(tile.refused is None for tile in tiles)
    mux = live.muxes.place(avoid, shown) if shown else None
    grant = await gate.grant(caller, Right.LIVE, events)
    if mux is None:
        return tiles, None
    issued = live.access.ticketing.wall(grant)
    return tiles, WallPass(issued.token, mux, issued.until, live.ice.of(caller.person.id))


async def _tiles(live: Live, caller: Caller, ids: Sequence[str]) -> list[WallTile]:
    async with live.access.db.read() as tx:
        found = {camera.id: camera for camera in await tx.cameras.named(ids)}
    now = live.access.now()
    return [_tile(caller, camera_id, found.get(camera_id), now) for camera_id in ids]


def _tile(caller: Caller, camera_id: str, camera: Camera | None, now: datetime) -> WallTile:
    if camera is None:
        return WallTile(camera_id, None, _NOT_THEIRS, foreign=True)
    decision = decide(pictures_of(caller.person, camera), Right.LIVE, now)
    if decision.verdict is Verdict.DENIED:
        return WallTile(camera_id, camera, _NOT_THEIRS, foreign=True)
    return WallTile(camera_id, camera, None if decision.allowed else decision.reason)


def _event(caller: Caller, tile: WallTile, camera: Camera, motive: str) -> AuditEvent:
    return caller.event(
        Right.LIVE,
        Outcome.GRANTED if tile.refused is None else Outcome.REFUSED,
        commune=camera.commune,
        camera=camera.id,
        detail=tile.refused or _SHOWN,
        motive=motive,
    )
