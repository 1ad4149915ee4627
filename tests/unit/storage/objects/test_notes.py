"""Notes as files (their promises: tests/contract/test_object_store.py)."""

from pathlib import Path

import pytest

from storage.objects.disk import RealDisk
from storage.objects.notes import FolderNotes


class TornDisk(RealDisk):
    """A disk that fails as soon as a note is to last."""

    def sync(self, path: Path) -> None:
        raise OSError(5, "Input/output error")


def test_a_note_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    FolderNotes(tmp_path, RealDisk()).write(".a", b"before")
    notes = FolderNotes(tmp_path, TornDisk())
    with pytest.raises(OSError, match="Input/output error"):
        notes.write(".a", b"after")
    assert notes.read(".a") == b"before"


def test_what_a_crash_left_half_written_is_no_note(tmp_path: Path) -> None:
    notes = FolderNotes(tmp_path, RealDisk())
    notes.write(".holds/a.json", b"{}")
    (tmp_path / ".holds/b.json.tmp").write_bytes(b"{")
    assert notes.names(".holds") == [".holds/a.json"]
