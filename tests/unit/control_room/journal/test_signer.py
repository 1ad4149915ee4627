"""The journal's heads: what is new is signed each minute, what does not hold never is."""

from datetime import timedelta

from control_room.journal.check import checked
from control_room.journal.signer import Signer
from control_room.model.names import Names
from control_room.model.times import utc_now
from shared.utc import instant_of
from tests.unit.control_room.journal.doing import alter, pass_days, write
from tests.unit.control_room.room import Room


async def test_what_is_new_is_signed_and_what_is_not_is_left(room: Room, signer: Signer) -> None:
    await write(room, 3)
    first = await signer.round()
    assert first is not None
    assert (first.head.number, first.head.size) == (1, 3)
    assert first.signed.is_signed_with(room.journal_key.public)
    assert await signer.round() == first
    await write(room, 2)
    second = await signer.round()
    assert second is not None
    assert (second.head.number, second.head.size, second.head.previous) == (2, 5, first.signed.digest)
    found = await checked(room.db, room.journal_key.public)
    assert (found.intact, found.signed, found.signed_at) == (True, 5, utc_now(room.clock))


async def test_a_journal_in_which_nothing_happens_is_signed_once_an_hour(room: Room, signer: Signer) -> None:
    await signer.round()
    pass_days(room, 1 / 24)
    head = await signer.round()
    assert head is not None
    assert (head.head.number, head.head.size) == (2, 0)


async def test_an_altered_entry_is_never_signed_and_is_told(room: Room, signer: Signer) -> None:
    await write(room, 2)
    await signer.round()
    await write(room, 2)
    await alter(room, "UPDATE journal SET motive = 'nothing' WHERE seq = 4")
    head = await signer.round()
    assert head is not None
    assert head.head.size == 2
    assert signer.trouble == "the journal is not signed: entry 4 was altered"


async def test_the_time_of_a_head_never_goes_back_nor_is_before_its_entries(
    room: Room, signer: Signer
) -> None:
    later = utc_now(room.clock) + timedelta(days=3)
    await write(room, 1, later)
    await write(room)
    first = await signer.round()
    assert first is not None
    assert instant_of(first.head.at_ns) == later
    pass_days(room, -400)
    await write(room)
    second = await signer.round()
    assert second is not None
    assert second.head.at_ns == first.head.at_ns


async def test_of_two_processes_one_signs_and_both_go_on(room: Room, signer: Signer) -> None:
    other = Signer(room.db, room.journal_key, room.clock, Names())
    for count in range(1, 4):
        await write(room)
        await signer.round()
        head = await other.round()
        assert head is not None
        assert (head.head.number, other.trouble) == (count, None)


async def test_a_rewritten_journal_is_found_by_its_own_head(room: Room, signer: Signer) -> None:
    await write(room, 3)
    await signer.round()
    await alter(room, "UPDATE journal_heads SET document = replace(document, 'jrn', 'jrm')")
    found = await checked(room.db, room.journal_key.public)
    assert found.reason is not None
    assert (found.intact, found.reason.code) == (False, "journal-head-unsigned")


async def test_a_journal_cut_with_its_end_is_found_by_the_head_that_stays(room: Room, signer: Signer) -> None:
    await write(room, 3)
    await signer.round()
    await alter(room, "DELETE FROM journal WHERE seq = 3")
    await alter(room, "UPDATE journal_head SET seq = 2, hash = (SELECT hash FROM journal WHERE seq = 2)")
    found = await checked(room.db, room.journal_key.public)
    assert found.reason is not None
    assert (found.intact, found.broken_at, found.reason.code) == (False, 3, "journal-cut")
    await signer.round()
    assert signer.trouble is not None, "a shorter journal than its head is not signed"
