"""Entries whose years are over are erased, and the rest verifies: never earlier, whatever the clock says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_room.journal.check import checked
from control_room.journal.eraser import EVERY_S, Eraser, years_before
from control_room.journal.extract import extract_lines
from control_room.journal.signer import Signer
from shared.evidence.journal_file import check_journal
from tests.unit.control_room.journal.doing import alter, pass_days, write
from tests.unit.control_room.room import Room

YEAR = 366


@pytest.fixture
def eraser(room: Room) -> Eraser:
    return Eraser(room.db, room.clock, 1)


async def entries(room: Room) -> list[int]:
    async with room.db.read() as tx:
        return [line.seq async for lines in tx.journal.lines(0) for line in lines]


async def live_through(room: Room, eraser: Eraser, days: int) -> None:
    """Let so much time pass that erasing believes it: twice as fast as its hours."""
    for _ in range(days * 12):
        pass_days(room, 1 / 12)
        await eraser.round()


async def test_entries_are_erased_when_their_years_are_over_and_the_rest_verifies(
    room: Room, signer: Signer, eraser: Eraser
) -> None:
    await write(room, 3)
    first = await signer.round()
    assert first is not None
    await eraser.round()
    async with room.db.write() as tx:
        # As if every hour of a year had been lived through.
        pass_days(room, YEAR - 2)
        await tx.journal_heads.trust(datetime.fromtimestamp(room.clock.utc_ns() / 1e9, UTC))
    await write(room, 2)
    await signer.round()
    last = max(await entries(room))
    await eraser.round()
    assert 1 in await entries(room), "not before its year is over"
    await live_through(room, eraser, 3)
    left = await entries(room)
    assert (min(left), eraser.trouble) == (first.head.size + 1, None)
    assert max(left) == last + 1, "that it was erased is an entry"
    await signer.round()
    found = await checked(room.db, room.journal_key.public)
    assert (found.intact, found.erased) == (True, first.head.size)
    text = b"".join([part async for part in extract_lines(room.rooms.journal)])
    verdict = check_journal(text.splitlines(), room.journal_key.public, [first.signed])
    assert (verdict.sound, verdict.erased, verdict.witnessed) == (True, first.head.size, 1)


async def test_a_clock_that_jumps_by_years_erases_nothing(room: Room, signer: Signer, eraser: Eraser) -> None:
    await write(room, 3)
    await signer.round()
    await eraser.round()
    pass_days(room, 50 * YEAR)
    await write(room)
    await signer.round()
    before = await entries(room)
    for _ in range(48):
        await eraser.round()
    assert await entries(room) == before


async def test_what_was_altered_is_not_erased(room: Room, signer: Signer, eraser: Eraser) -> None:
    await write(room, 3)
    await signer.round()
    await eraser.round()
    await alter(room, "UPDATE journal SET motive = 'nothing' WHERE seq = 2")
    pass_days(room, 2 * YEAR)
    async with room.db.write() as tx:
        await tx.journal_heads.trust(datetime.fromtimestamp(room.clock.utc_ns() / 1e9, UTC))
    before = await entries(room)
    await eraser.round()
    assert await entries(room) == before
    assert eraser.trouble == "the journal is not erased: entry 2 was altered"


async def test_before_anything_is_signed_nothing_is_erased(room: Room, eraser: Eraser) -> None:
    await write(room, 2)
    pass_days(room, 2 * YEAR)
    await eraser.round()
    assert len(await entries(room)) == 2


async def test_of_old_heads_one_an_hour_stays_and_the_newest_does(
    room: Room, signer: Signer, eraser: Eraser
) -> None:
    for _ in range(6):
        await write(room)
        await signer.round()
        pass_days(room, 20 / 60 / 24)
    pass_days(room, 40)
    await eraser.round()
    async with room.db.write() as tx:
        await tx.journal_heads.trust(datetime.fromtimestamp(room.clock.utc_ns() / 1e9, UTC))
    await eraser.round()
    async with room.db.read() as tx:
        left = [one.head.number for one in await tx.journal_heads.behind(0, 10)]
    assert left == [3, 6]


@given(st.datetimes(min_value=datetime(1990, 1, 1)), st.integers(1, 50))
def test_years_before_is_the_same_day_or_the_last_of_february(at: datetime, years: int) -> None:
    before = years_before(at, years)
    assert before.year == at.year - years
    assert (before.month, before.day) == (at.month, at.day) or (at.month, at.day, before.day) == (2, 29, 28)


def test_an_hour_passes_between_two_looks() -> None:
    assert EVERY_S == 3600
