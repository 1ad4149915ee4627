"""Holds in the database."""

from datetime import UTC, datetime

import pytest

from control_room.model.evidence import Hold, HoldStatus
from control_room.model.people import Principal
from shared.errors import NotFound
from shared.reasons import why
from tests.unit.control_room.room import LILLE, Room

START, END = datetime(2026, 11, 20, 21, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC)


WHO = Principal("p-1", "s-1")


HOLD = Hold("h-1", LILLE, "cam-1", START, END, "PV 118", "inquiry", "ada", END, HoldStatus.PENDING, "")


async def test_a_hold_moves_only_from_where_it_was_seen(room: Room) -> None:
    reason = why("storage-answers", "storage answers {status}", status=409)
    async with room.db.write() as tx:
        await tx.holds.add(HOLD, WHO)
        assert await tx.holds.principal("h-1") == WHO
        assert await tx.holds.advance("h-1", HoldStatus.PENDING, HoldStatus.RELEASING, reason)
        assert not await tx.holds.advance("h-1", HoldStatus.PENDING, HoldStatus.PLACED, "")
        seen = await tx.holds.get("h-1")
        assert (seen.status, seen.why) == (HoldStatus.RELEASING, reason)
        assert (await tx.holds.active(), await tx.holds.ended(["h-1", "h-2"])) == ([], {"h-1"})


async def test_a_hold_there_is_not_is_not_found(room: Room) -> None:
    async with room.db.read() as tx:
        with pytest.raises(NotFound):
            await tx.holds.get("h-none")
