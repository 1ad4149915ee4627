"""Whether storage destroys what is due, and a person's word where it doubts its clock."""

from fastapi import APIRouter

from control_room.access.rights import PLATFORM, Action
from control_room.http.access import SignedIn, TheDesk
from control_room.http.problems import READING, WRITING
from control_room.http.schemas.storage import ClockConfirmation, RefusalGround, StorageView
from control_room.http.views import why_view
from control_room.model import Outcome
from shared.errors import BeffroiError
from shared.messages.storage import ClockConfirmed
from shared.reasons import why

router = APIRouter(prefix="/storage", tags=["storage"])


@router.get("", operation_id="getStorage", responses=READING)
async def get_storage(desk: TheDesk, caller: SignedIn) -> StorageView:
    """What storage told last of its destruction."""
    await desk.gate.require(caller, Action.SEE_STORAGE, PLATFORM)
    told = desk.states.refusal()
    if told is None:
        return StorageView(now=desk.now())
    return StorageView(
        now=desk.now(),
        heard_at=told.heard_at,
        refusal=told.reason,
        failure=told.failure,
        failure_why=why_view(told.failure_why),
        refused_since=told.since,
        clock_disputed=told.clock_disputed,
        storage_at=told.storage_at,
        grounds=[RefusalGround(reason=one.text, why=why_view(one)) for one in told.grounds],
    )


@router.put("/clock", operation_id="confirmClock", status_code=204, responses=WRITING)
async def confirm_clock(desk: TheDesk, caller: SignedIn, body: ClockConfirmation) -> None:
    """Say what time it is: where storage's clock says the same, what is due by it is destroyed.

    409 where it says another time. The journal has the word before storage has it, and what became of it.
    """
    deed = caller.deed(
        Action.CONFIRM_CLOCK,
        Outcome.GRANTED,
        resource="storage:clock",
        detail=why("clock-said", "it is {instant}", instant=body.utc.isoformat()),
        motive=body.motive,
    )
    await desk.gate.require(caller, Action.CONFIRM_CLOCK, PLATFORM, deed)
    async with desk.db.write() as tx:
        await desk.gate.grant(tx, caller, deed)
    try:
        word = ClockConfirmed(body.utc, caller.person.login)
        await desk.storage.confirm_clock(word, caller.person.id, caller.session)
    except BeffroiError as error:
        await desk.gate.refuse(error, [deed])
