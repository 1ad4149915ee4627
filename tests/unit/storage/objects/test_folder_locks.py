"""Locks of files, by the flag of the file system or, where that cannot be had, by the mode alone."""

import errno
import fcntl
import io
import os
from pathlib import Path

import pytest

from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.locks import LockKind
from storage.objects.marker import found_store

KEY = "a/1.mp4"


def store_in(folder: Path) -> FolderStore:
    store = FolderStore(folder, RealDisk())
    found_store(store.notes, "a-store")
    store.put(KEY, io.BytesIO(b"pictures"))
    return store


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTTY, errno.EOPNOTSUPP])
def test_without_the_right_or_the_flag_the_mode_alone_says_it_and_is_not_called_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "ioctl", refused)
    store = store_in(tmp_path)
    assert store.locks.kind() is LockKind.READ_ONLY
    store.locks.lock(KEY)
    assert (store.locks.locked(KEY), (tmp_path / KEY).stat().st_mode & 0o777) == (True, 0o440)
    store.locks.unlock(KEY)
    assert store.locks.locked(KEY) is False
    store.locks.lock(KEY)
    assert store.remove(KEY) is True


def test_trying_what_a_file_system_has_leaves_nothing_behind(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    before = sorted(os.listdir(tmp_path))
    store.locks.kind()
    assert sorted(os.listdir(tmp_path)) == before


def test_a_disk_that_fails_is_not_taken_for_one_without_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store = store_in(tmp_path)
    with monkeypatch.context() as during:
        during.setattr(fcntl, "ioctl", failing)
        with pytest.raises(OSError, match="Input/output"):
            store.locks.kind()
    assert store.locks.kind() in (LockKind.IMMUTABLE, LockKind.READ_ONLY)
