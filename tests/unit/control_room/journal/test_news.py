"""What a worker is told of the journal, and what it makes of it: one that only grows, or none."""

import pytest

from control_room.journal.news import journal_news
from control_room.journal.signer import Signer
from shared.errors import NotFound
from tests.unit.control_room.journal.doing import write
from tests.unit.control_room.room import Room


async def test_before_anything_is_signed_there_is_no_news(room: Room) -> None:
    with pytest.raises(NotFound):
        await journal_news(room.rooms.journal, None)


async def test_the_first_news_is_the_newest_head_and_later_ones_lead_from_a_size_to_it(
    room: Room, signer: Signer
) -> None:
    await write(room, 3)
    await signer.round()
    first = await journal_news(room.rooms.journal, None)
    assert (first.known, first.public_key) == (False, room.journal_key.public.pem().decode())
    await write(room, 4)
    await signer.round()
    for size in range(8):
        news = await journal_news(room.rooms.journal, size)
        assert (news.known, len(news.peaks)) == (True, size.bit_count())
        assert len(news.leaves) == (3 if size < 3 else 7) - size or len(news.leaves) == 7 - size


async def test_a_size_that_the_journal_never_had_is_not_known(room: Room, signer: Signer) -> None:
    await write(room, 3)
    await signer.round()
    assert not (await journal_news(room.rooms.journal, 4)).known
