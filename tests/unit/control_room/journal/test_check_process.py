"""The check in a process of its own."""

from pathlib import Path

import pytest

from control_room.journal.check import Checking
from control_room.journal.check_process import CheckProcess
from control_room.journal.signer import Signer
from shared.errors import Unavailable
from tests.unit.control_room.journal.doing import alter, write
from tests.unit.control_room.room import Room


def process(room: Room, url: str) -> CheckProcess:
    return CheckProcess(Checking(url, room.journal_key.public.pem().decode()))


async def test_a_process_finds_what_the_journal_is_like(room: Room, signer: Signer, tmp_path: Path) -> None:
    check = process(room, f"sqlite+aiosqlite:///{tmp_path}/control_room.db")
    await write(room, 3)
    await signer.round()
    found = await check()
    assert (found.intact, found.entries, found.signed) == (True, 3, 3)
    await alter(room, "UPDATE journal SET motive = 'nothing' WHERE seq = 2")
    found = await check()
    assert found.reason is not None
    assert (found.intact, found.broken_at, found.reason.params) == (False, 2, (("entry", 2),))


async def test_a_check_that_fails_says_so(room: Room) -> None:
    with pytest.raises(Unavailable, match="could not be checked"):
        await process(room, "sqlite+aiosqlite:////nowhere/at/all.db")()
