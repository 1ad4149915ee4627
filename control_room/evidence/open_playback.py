"""Playing a range of a camera's recordings."""

from dataclasses import dataclass
from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.room import Evidence
from control_room.model.journal import Outcome
from shared.reasons import why


@dataclass(frozen=True, slots=True)
class Playback:
    """Where a stream's recordings are played with a ticket, and until when."""

    ticket: str
    url: str
    stream: str
    until: datetime


async def open_playback(
    evidence: Evidence, caller: Caller, camera_id: str, start: datetime, end: datetime, motive: str
) -> Playback:
    """A ticket to play [start, end), also of a camera that may no longer be shown live."""
    access = evidence.access
    camera = await access.gate.camera(caller, Right.PLAYBACK, camera_id, motive)
    event = caller.event(
        Right.PLAYBACK,
        Outcome.GRANTED,
        commune=camera.commune,
        camera=camera.id,
        detail=why("range-asked", "{start} to {end}", start=start.isoformat(), end=end.isoformat()),
        motive=motive,
    )
    grant = await access.gate.grant(caller, Right.PLAYBACK, [event])
    issued = access.ticketing.playback(grant, start, end)
    url = f"{evidence.storage_url}/recordings/{issued.resource}"
    return Playback(issued.token, url, issued.resource, issued.until)
