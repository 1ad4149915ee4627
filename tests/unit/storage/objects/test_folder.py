"""What the folder does beyond the promises of an object store (tests/contract/test_object_store.py)."""

import errno
import io
from pathlib import Path

import pytest

from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.marker import found_store

KEY = "59350/place/main/20260701/a.mp4"


class WatchedDisk(RealDisk):
    """A disk that tells which folders were made to last."""

    def __init__(self) -> None:
        self.synced: list[Path] = []

    def sync(self, path: Path) -> None:
        super().sync(path)
        self.synced.append(path)


@pytest.fixture
def disk() -> WatchedDisk:
    return WatchedDisk()


@pytest.fixture
def store(tmp_path: Path, disk: WatchedDisk) -> FolderStore:
    store = FolderStore(tmp_path, disk)
    found_store(store.notes, "a-store")
    return store


def put(store: FolderStore, key: str = KEY) -> None:
    store.put(key, io.BytesIO(b"x"))


def test_a_copy_that_a_crash_left_half_put_is_removed(tmp_path: Path, store: FolderStore) -> None:
    put(store)
    left = tmp_path / ".incoming/0123"
    left.write_bytes(b"half")
    assert (store.keys(), store.clear_incoming(), left.exists()) == ([KEY], 1, False)


def test_folders_that_a_crash_left_unsure_are_made_to_last(
    tmp_path: Path, disk: WatchedDisk, store: FolderStore
) -> None:
    (tmp_path / KEY).parent.mkdir(parents=True)
    disk.synced.clear()
    put(store)
    folders = [tmp_path / KEY, *(tmp_path / KEY).parents]
    assert set(folders[1 : folders.index(tmp_path) + 1]) <= set(disk.synced)


def test_an_object_that_is_there_lasts_too_once_its_put_was_refused(
    tmp_path: Path, disk: WatchedDisk, store: FolderStore
) -> None:
    put(store)
    disk.synced.clear()
    with pytest.raises(FileExistsError):
        put(store)
    assert (tmp_path / KEY).parent in disk.synced


def test_what_is_no_recording_is_no_object(tmp_path: Path, store: FolderStore) -> None:
    put(store)
    for name in ("lost+found/a.mp4", ".holds/b.mp4", "59350/read-me.txt", "59350/.c.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "59350/folder.mp4").mkdir()
    assert store.keys() == [KEY]
    assert store.find("59350/folder.mp4") is None


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store)

    def refused(_path: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("storage.objects.folder.os.scandir", refused)
    with pytest.raises(PermissionError):
        store.keys()


def test_a_name_that_is_no_text_is_a_key_all_the_same(tmp_path: Path, store: FolderStore) -> None:
    (tmp_path / "59350").mkdir()
    name = b"\xff.mp4".decode(errors="surrogateescape")
    (tmp_path / "59350" / name).write_bytes(b"x")
    (key,) = store.keys()
    assert store.remove(key)
    assert store.keys() == []


def test_a_second_name_that_a_fault_left_goes_before_anything_is_said_to_be_removed(tmp_path: Path) -> None:
    class Sticky(RealDisk):
        sticks = True

        def replace(self, source: Path, target: Path) -> None:
            super().replace(source, target)
            if self.sticks:
                # As where the name was changed, and then the machine was asked too much.
                source.hardlink_to(target)

        def remove(self, path: Path) -> None:
            if self.sticks:
                raise OSError(errno.EIO, "Input/output error")
            super().remove(path)

    disk = Sticky()
    store = FolderStore(tmp_path, disk)
    disk.sticks = False
    found_store(store.notes, "a-store")
    disk.sticks = True
    with pytest.raises(OSError, match="Input/output error"):
        put(store)
    assert list((tmp_path / ".incoming").iterdir())
    with pytest.raises(OSError, match="Input/output error"):
        store.remove(KEY)
    disk.sticks = False
    assert store.remove(KEY)
    assert not list((tmp_path / ".incoming").iterdir())
