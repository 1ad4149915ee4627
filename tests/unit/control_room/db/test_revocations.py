"""Ends of rights to cameras, kept for as long as a ticket of before could show them."""

from datetime import UTC, datetime, timedelta

import httpx

from control_room.db.revocations import KEPT
from tests.unit.control_room.room import LILLE, Room

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PATH = f"{LILLE}/cam-1"


async def test_an_end_counts_for_an_hour_and_covers_who_looked_just_before_it_was_kept(room: Room) -> None:
    async with room.db.write() as tx:
        await tx.revocations.end([PATH], NOW)
    async with room.db.read() as tx:
        (told,) = await tx.revocations.recent(NOW + KEPT)
        assert await tx.revocations.recent(NOW + KEPT + timedelta(seconds=2)) == ()
    assert told.camera == PATH
    assert told.at_ms > int(NOW.timestamp() * 1000)


async def test_an_authorisation_that_ended_at_midnight_is_told_as_an_end(
    room: Room, admin: httpx.AsyncClient
) -> None:
    permit = {"number": "1", "granted_on": "2026-01-01", "valid_until": "2026-11-20", "days": 10}
    camera = await room.camera(admin, LILLE, authorisation=permit)
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    async with room.db.read() as tx:
        (told,) = await tx.revocations.recent(midnight + timedelta(minutes=1))
        assert await tx.revocations.recent(midnight + KEPT) == ()
    assert (told.camera, told.at_ms) == (f"{LILLE}/{camera}", int(midnight.timestamp() * 1000))
