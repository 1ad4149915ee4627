"""What is done to a journal in the tests."""

from datetime import datetime

from sqlalchemy import text

from control_room.model.journal import AuditAction, AuditEvent, Outcome
from control_room.model.times import utc_now
from tests.unit.control_room.room import Room

DAY_S = 86_400.0


async def write(room: Room, count: int = 1, at: datetime | None = None) -> None:
    for number in range(count):
        async with room.db.write() as tx:
            event = AuditEvent(AuditAction.LIVE, Outcome.GRANTED, who="p-1", motive=f"watch {number}")
            await tx.journal.write(at or utc_now(room.clock), event)


async def alter(room: Room, statement: str) -> None:
    async with room.db._writing.begin() as connection:
        await connection.execute(text(statement))


def pass_days(room: Room, days: float) -> None:
    room.clock.step_utc(int(days * DAY_S * 1e9))
