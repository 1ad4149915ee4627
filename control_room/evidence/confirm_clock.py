"""A person's word on what time it is, where storage doubts its clock."""

from datetime import datetime

from control_room.access.callers import Caller
from control_room.access.rights import PLATFORM, Right
from control_room.evidence.refusals import Refusal
from control_room.evidence.room import Evidence
from control_room.model.journal import Outcome
from shared.errors import BeffroiError
from shared.messages.storage import ClockConfirmed
from shared.reasons import why


async def see_storage(evidence: Evidence, caller: Caller) -> Refusal | None:
    """What storage told last of its destruction, None where it was not heard."""
    await evidence.access.gate.require(caller, Right.SEE_STORAGE, PLATFORM)
    return evidence.refusals.last()


async def confirm_clock(evidence: Evidence, caller: Caller, utc: datetime, motive: str) -> None:
    """Tell storage what time it is. Raises Conflict where its clock says another.

    The journal has the word before storage has it, and what became of it.
    """
    gate = evidence.access.gate
    event = caller.event(
        Right.CONFIRM_CLOCK,
        Outcome.GRANTED,
        resource="storage:clock",
        detail=why("clock-said", "it is {instant}", instant=utc.isoformat()),
        motive=motive,
    )
    await gate.require(caller, Right.CONFIRM_CLOCK, PLATFORM, event)
    grant = await gate.grant(caller, Right.CONFIRM_CLOCK, [event])
    try:
        word = ClockConfirmed(utc, caller.person.login)
        await evidence.storage.confirm_clock(word, grant.caller.principal)
    except BeffroiError as error:
        await gate.refuse(error, [event])
