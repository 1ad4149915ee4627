"""Ranges of files."""

import os
from pathlib import Path

import pytest

from storage.objects.file_range import read_range


def test_a_system_that_gives_less_at_a_time_makes_no_short_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(bytes(range(100)))
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, size, offset: pread(descriptor, min(size, 7), offset))
    assert read_range(tmp_path / "a", 10, 50) == bytes(range(10, 60))
    assert read_range(tmp_path / "a", 90, 50) == bytes(range(90, 100))


def test_a_refused_read_leaves_no_file_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(IsADirectoryError):
        read_range(tmp_path, 0, 1)
    assert len(os.listdir("/proc/self/fd")) == before
