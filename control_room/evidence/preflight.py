"""What the export of a requisition would have, told before it is approved."""

from contextlib import suppress
from dataclasses import dataclass

from control_room.access.callers import Caller
from control_room.access.rights import Right
from control_room.evidence.requisitions import reached_requisition
from control_room.evidence.room import Evidence
from control_room.model.evidence import Hold, HoldStatus
from shared.errors import NotFound
from shared.messages.desk import StreamSurvey, SurveyOrder
from shared.messages.storage import export_hold_id


@dataclass(frozen=True, slots=True)
class Preflight:
    """One survey a camera, in the requisition's order.

    `holds` are all that keep any of it, its own and others; `held`: storage has taken all of its own.
    """

    streams: tuple[StreamSurvey, ...]
    holds: tuple[Hold, ...]
    held: bool


async def preflight(evidence: Evidence, caller: Caller, requisition_id: str) -> Preflight:
    """Ask storage. Raises as `Gate.reach` does, NotFound, and Unavailable where storage does not answer."""
    found = await reached_requisition(evidence, caller, Right.SEE_REQUISITION, requisition_id)
    async with evidence.access.db.read() as tx:
        own = await tx.holds.of_requisition(found.id)
    demand = found.demand
    but_for = [hold.id for hold in own]
    if found.export:
        but_for.append(export_hold_id(found.export))
    streams = tuple(str(stream) for stream in demand.streams)
    order = SurveyOrder(streams, demand.start, demand.end, tuple(but_for))
    told = await evidence.storage.survey(order, caller.principal)
    others = await _known(evidence, {id for stream in told.streams for id in stream.held_by})
    held = all(hold.status is HoldStatus.PLACED for hold in own)
    return Preflight(told.streams, (*own, *others), held)


async def _known(evidence: Evidence, ids: set[str]) -> list[Hold]:
    """Those of the holds that storage names that are ours; an export's own is none."""
    found: list[Hold] = []
    async with evidence.access.db.read() as tx:
        for id in sorted(ids):
            with suppress(NotFound):
                found.append(await tx.holds.get(id))
    return found
