"""The file of heads for a witness."""

from pathlib import Path

import pytest

from control_room.journal.signer import Signer
from control_room.journal.witness_file import WitnessFile, append, last_head
from shared.errors import BadInput
from shared.evidence.journal_head import WitnessedJournal
from tests.unit.control_room.journal.doing import alter, write
from tests.unit.control_room.room import Room


@pytest.fixture
def witness(room: Room, tmp_path: Path) -> WitnessFile:
    return WitnessFile(room.db, tmp_path / "heads.jsonl", room.clock)


def numbers(path: Path) -> list[int]:
    return [head.read().number for head in WitnessedJournal.read(path.read_bytes().split(b"\n")).heads]


async def test_each_head_is_in_the_file_once(
    room: Room, signer: Signer, witness: WitnessFile, tmp_path: Path
) -> None:
    for _ in range(3):
        await write(room)
        await signer.round()
        await witness.round()
        await witness.round()
    assert numbers(tmp_path / "heads.jsonl") == [1, 2, 3]


async def test_a_file_that_was_torn_or_cut_gets_what_it_lacks(
    room: Room, signer: Signer, witness: WitnessFile, tmp_path: Path
) -> None:
    for _ in range(3):
        await write(room)
        await signer.round()
    await witness.round()
    path = tmp_path / "heads.jsonl"
    path.write_bytes(path.read_bytes()[:-200])
    await witness.round()
    assert numbers(path) == [1, 2, 3]
    assert witness.trouble is None


async def test_a_file_that_cannot_be_written_is_told_and_written_later(
    room: Room, signer: Signer, tmp_path: Path
) -> None:
    witness = WitnessFile(room.db, tmp_path / "share" / "heads.jsonl", room.clock)
    await write(room)
    await signer.round()
    await witness.round()
    assert "cannot be written" in (witness.trouble or "")
    (tmp_path / "share").mkdir()
    await witness.round()
    assert (numbers(tmp_path / "share" / "heads.jsonl"), witness.trouble) == ([1], None)


async def test_a_journal_that_was_put_back_or_rewritten_is_told_and_leaves_the_file_as_it_is(
    room: Room, signer: Signer, witness: WitnessFile, tmp_path: Path
) -> None:
    for _ in range(2):
        await write(room)
        await signer.round()
    await witness.round()
    before = (tmp_path / "heads.jsonl").read_bytes()
    await alter(room, "DELETE FROM journal_heads WHERE number = 2")
    await witness.round()
    assert "head 2" in (witness.trouble or "")
    await write(room)
    await signer.round()
    await witness.round()
    assert "head 2" in (witness.trouble or ""), "another head of the same number"
    assert (tmp_path / "heads.jsonl").read_bytes() == before


def test_another_s_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    append(path, b"notes of the day\n")
    with pytest.raises(BadInput, match="another's"):
        last_head(path)
