"""What is done to real disks."""

import io
import os
from pathlib import Path

import pytest

from storage.objects.disk import RealDisk


def test_a_file_is_shared_where_one_disk_has_both(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bytes")
    with (tmp_path / "a").open("rb") as source:
        RealDisk().share_or_copy(source, tmp_path / "b")
    assert (tmp_path / "a").samefile(tmp_path / "b")


def test_a_disk_without_hard_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    (tmp_path / "a").write_bytes(b"bytes")
    with (tmp_path / "a").open("rb") as source:
        RealDisk().share_or_copy(source, tmp_path / "b")
    assert not (tmp_path / "a").samefile(tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"bytes"


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"evidence")
    with pytest.raises(FileExistsError):
        RealDisk().share_or_copy(io.BytesIO(b"else"), tmp_path / "b")
    with pytest.raises(FileExistsError):
        RealDisk().create(tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"evidence"


def test_what_is_written_comes_behind_what_was(tmp_path: Path) -> None:
    disk, path = RealDisk(), tmp_path / "a"
    descriptor = disk.create(path)
    disk.write(descriptor, b"first ")
    disk.write(descriptor, b"second, torn")
    disk.truncate(descriptor, len(b"first second"))
    disk.close(descriptor)
    disk.sync(path)
    assert path.read_bytes() == b"first second"
    disk.remove(path)
    disk.remove(path)
    assert not path.exists()
