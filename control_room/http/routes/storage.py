"""Whether storage destroys what is due, and a person's word where it doubts its clock."""

from fastapi import APIRouter

from control_room.evidence import confirm_clock as confirming
from control_room.http.access import SignedIn, TheRooms
from control_room.http.problems import READING, WRITING
from control_room.http.schemas.storage import ClockConfirmation, RefusalGround, StorageView
from control_room.http.views import why_view

router = APIRouter(prefix="/storage", tags=["storage"])


@router.get("", operation_id="getStorage", responses=READING)
async def get_storage(rooms: TheRooms, caller: SignedIn) -> StorageView:
    """What storage told last of its destruction."""
    told = await confirming.see_storage(rooms.evidence, caller)
    now = rooms.access.now()
    if told is None:
        return StorageView(now=now)
    share = told.share
    alarm = None if share is None else share.alarm
    return StorageView(
        held_bytes=None if share is None else share.held_bytes,
        usable_bytes=None if share is None else share.usable_bytes,
        held_alarm="" if alarm is None else alarm.text,
        held_alarm_why=why_view(alarm),
        now=now,
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
async def confirm_clock(rooms: TheRooms, caller: SignedIn, body: ClockConfirmation) -> None:
    """Say what time it is: where storage's clock says the same, what is due by it is destroyed.

    409 where it says another time. The journal has the word before storage has it, and what became of it.
    """
    await confirming.confirm_clock(rooms.evidence, caller, body.utc, body.motive)
