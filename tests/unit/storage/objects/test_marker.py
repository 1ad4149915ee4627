"""A store is known by its marker."""

from pathlib import Path

import pytest

from shared.errors import Unavailable
from storage.objects.disk import RealDisk
from storage.objects.marker import found_store, require_store, store_name
from storage.objects.notes import FolderNotes


def test_a_folder_is_a_store_once_it_was_made_one(tmp_path: Path) -> None:
    notes = FolderNotes(tmp_path, RealDisk())
    assert store_name(notes) is None
    with pytest.raises(Unavailable, match="is its disk mounted"):
        require_store(notes)
    found_store(notes, "a-store")
    require_store(notes)
    assert store_name(FolderNotes(tmp_path, RealDisk())) == "a-store"


def test_a_torn_marker_is_none(tmp_path: Path) -> None:
    notes = FolderNotes(tmp_path, RealDisk())
    notes.write(".beffroi-store", b"\n")
    assert store_name(notes) is None


def test_a_disk_that_takes_or_gives_nothing_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be made"):
        found_store(FolderNotes(tmp_path / "gone", RealDisk()), "a-store")
    (tmp_path / ".beffroi-store").mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        store_name(FolderNotes(tmp_path, RealDisk()))
