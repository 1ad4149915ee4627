"""Folders are 0700 and files 0600, also where they existed before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.private import close_to_others, private_database, private_folder, private_from_now_on
from tests.support.private import readable_by_others


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_what_others_could_read_is_closed_to_them_and_links_are_left_alone(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "data"
    elsewhere.mkdir()
    (folder / "spool").mkdir(parents=True)
    (folder / "spool" / "segment").touch(mode=0o644)
    (folder / "link").symlink_to(elsewhere)
    close_to_others(folder)
    modes = [mode(folder), mode(folder / "spool"), mode(folder / "spool" / "segment"), mode(elsewhere)]
    assert modes == [0o700, 0o700, 0o600, 0o755]


@pytest.mark.usefixtures("open_umask")
def test_a_folder_full_of_footage_is_closed_and_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "segment").touch(mode=0o644)
    close_to_others(tmp_path, unread=frozenset({"objects"}))
    assert (mode(tmp_path / "objects"), mode(tmp_path / "objects" / "segment")) == (0o700, 0o644)


@pytest.mark.usefixtures("open_umask")
def test_a_folder_that_existed_is_closed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o755)
    private_folder(tmp_path / "kept")
    assert mode(tmp_path / "kept") == 0o700


@pytest.mark.usefixtures("open_umask")
def test_what_is_made_from_then_on_is_the_owners_alone(tmp_path: Path) -> None:
    private_from_now_on()
    (tmp_path / "database").write_text("")
    (tmp_path / "folder").mkdir()
    assert (mode(tmp_path / "database"), mode(tmp_path / "folder")) == (0o600, 0o700)


@pytest.mark.usefixtures("open_umask")
def test_a_database_that_existed_is_closed_with_what_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o755)
    (folder / "index.db").touch(mode=0o644)
    (folder / "index.db-wal").touch(mode=0o644)
    private_database(folder / "index.db")
    assert readable_by_others(folder) == []


def test_a_folder_for_all_stays_one(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    private_database(tmp_path / "index.db")
    assert mode(tmp_path) == 0o1777
