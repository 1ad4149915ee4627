"""The journal as a file, and its heads in a list."""

import httpx

from control_room.journal.signer import Signer
from control_room.model.people import Role
from shared.evidence.journal_file import check_journal
from shared.evidence.journal_head import SignedJournalHead
from tests.unit.control_room.journal.doing import alter, write
from tests.unit.control_room.room import LILLE, Room


async def test_an_administrator_gets_a_file_that_verifies_and_has_that_it_was_asked_for(
    room: Room, signer: Signer, admin: httpx.AsyncClient
) -> None:
    await write(room, 3)
    await signer.round()
    heads = (await admin.get("/journal/heads")).json()["items"]
    assert [(one["number"], one["size"]) for one in heads] == [(1, 4)]
    answer = await admin.get("/journal/extract")
    assert answer.headers["content-disposition"] == 'attachment; filename="journal.jsonl"'
    witnessed = [SignedJournalHead(one["document"], one["signature"]) for one in heads]
    found = check_journal(answer.content.splitlines(), room.journal_key.public, witnessed)
    assert (found.sound, found.entries, found.signed, found.witnessed) == (True, 5, 4, 1)
    assert (await room.journal(admin))[0]["action"] == "verify-journal"


async def test_the_file_of_an_altered_journal_does_not_verify(
    room: Room, signer: Signer, admin: httpx.AsyncClient
) -> None:
    await write(room, 3)
    await signer.round()
    await alter(room, "UPDATE journal SET motive = 'nothing' WHERE seq = 2")
    answer = await admin.get("/journal/extract")
    assert not check_journal(answer.content.splitlines(), room.journal_key.public).sound


async def test_nobody_else_gets_heads_or_the_file_and_that_they_asked_is_kept(
    room: Room, admin: httpx.AsyncClient
) -> None:
    legal = await room.signed_in(Role.LEGAL, LILLE)
    for path in ("/journal/heads", "/journal/extract"):
        assert (await legal.get(path)).status_code == 403
    refused = [one for one in await room.journal(admin) if one["outcome"] == "refused"]
    assert [one["action"] for one in refused] == ["verify-journal", "verify-journal"]
