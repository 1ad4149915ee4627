"""Holds as notes beside the objects."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tickets import Action
from storage.index.holds import Hold
from storage.lifecycle.hold_files import HoldFiles
from storage.objects.disk import RealDisk
from storage.objects.marker import found_store
from storage.objects.notes import FolderNotes
from tests.unit.storage.held import ALL, DAY_S, ordered, overdue
from tests.unit.storage.workshop import workshop


async def test_a_hold_whose_file_is_lost_gets_it_back_from_the_index(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await overdue(shop)
        await shop.holds.put(ALL)
        files = list((tmp_path / "objects/.holds").glob("*.json"))
        for file in files:
            file.unlink()
    async with workshop(tmp_path) as shop:
        await shop.clock.advance(2 * DAY_S)
        await shop.retention.run_once()
        assert [file.exists() for file in files] == [True]


async def test_a_hold_that_cannot_be_read_refuses_destruction(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        await shop.holds.put(ALL)
        (tmp_path / "objects/.holds/0-1.json").write_bytes(b"\x00torn")
        outcome = await shop.retention.run_once()
    assert outcome.refused == "a hold beside the objects cannot be read: .holds/0-1.json"


class HoldlessDisk(RealDisk):
    """A disk that takes no hold."""

    def sync(self, path: Path) -> None:
        if ".holds" in path.parts:
            raise OSError(5, "Input/output error")
        super().sync(path)


async def test_a_hold_is_not_said_to_be_placed_before_it_is_on_disk(tmp_path: Path) -> None:
    async with workshop(tmp_path, disk=HoldlessDisk()) as shop:
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered())
    assert answer.status_code == 503


async def test_a_hold_on_an_unmounted_store_is_not_said_to_be_placed(tmp_path: Path) -> None:
    async with workshop(tmp_path) as shop:
        (tmp_path / "objects").rename(tmp_path / "unplugged")
        (tmp_path / "objects").mkdir()
        answer = await shop.put("/holds/h-1", shop.token(Action.HOLD, "hold:h-1"), ordered())
        assert (answer.status_code, list((tmp_path / "objects").iterdir())) == (503, [])


_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)
_NS = st.integers(0, 2**62)


@given(id=_TEXTS, stream=_TEXTS, start_ns=_NS, end_ns=_NS, reference=_TEXTS)
def test_any_hold_comes_back_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, id: str, stream: str, start_ns: int, end_ns: int, reference: str
) -> None:
    folder = tmp_path_factory.mktemp("store")
    notes = FolderNotes(folder, RealDisk())
    found_store(notes, "a-store")
    hold = Hold(id, stream, start_ns, end_ns, reference)
    files = HoldFiles(notes)
    files.write([hold])
    assert files.all().holds == (hold,)


@given(body=st.binary(max_size=200))
def test_no_bytes_in_the_place_of_a_hold_are_taken_for_no_hold(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    folder = tmp_path_factory.mktemp("store")
    notes = FolderNotes(folder, RealDisk())
    found_store(notes, "a-store")
    (folder / ".holds").mkdir()
    (folder / ".holds/0-1.json").write_bytes(body)
    assert HoldFiles(notes).all().unreadable == (".holds/0-1.json",)
