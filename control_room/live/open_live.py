"""Watching one camera."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.live.ice import IceServer
from control_room.live.room import Live
from control_room.model.journal import Outcome


@dataclass(frozen=True, slots=True)
class LiveView:
    """A ticket to a stream, at which mux (base URL), through which ICE servers, and until when."""

    ticket: str
    mux: str
    stream: str
    until: datetime
    ice: tuple[IceServer, ...]


async def open_live(
    live: Live, caller: Caller, camera_id: str, motive: str, avoid: str | None = None
) -> LiveView:
    """A ticket to watch a camera. `avoid` is a mux just lost.

    Raises as `Gate.camera` does, and Unavailable where no mux serves.
    """
    access = live.access
    camera = await access.gate.camera(caller, Right.LIVE, camera_id, motive)
    mux = live.muxes.place(avoid)
    event = caller.event(Right.LIVE, Outcome.GRANTED, commune=camera.commune, camera=camera.id, motive=motive)
    issued = access.ticketing.live(await access.gate.grant(caller, Right.LIVE, [event]))
    return LiveView(issued.token, mux, issued.resource, issued.until, live.ice.of(caller.person.id))
