"""What a process that died left in its spool is read where it lies, then taken over whole."""

import asyncio
import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import Conflict
from storage.metrics import SharingMetrics
from storage.model.segment import key_of_spool_name, spool_name
from storage.objects.boot import SinceBoot
from storage.objects.disk import RealDisk
from storage.objects.folder_lock import LOCK_FILE, FolderLock
from storage.recording.spool import Spool
from storage.recording.spool_folders import SpoolFolders
from storage.sharing.adoption import Adoption

METRICS = SharingMetrics()
KEY = "59350/cam-test/main/20251121/20251121T044000.000Z-r1-aaaa.mp4"


def made(root: Path, name: str) -> SpoolFolders:
    folders = SpoolFolders(root, name)
    folders.own.mkdir(parents=True, exist_ok=True)
    return folders


class DyingDisk(RealDisk):
    """The process dies at a step."""

    def __init__(self, at: int) -> None:
        self._left = at

    def replace(self, source: Path, target: Path) -> None:
        self._step()
        super().replace(source, target)

    def sync(self, path: Path) -> None:
        self._step()
        super().sync(path)

    def _step(self) -> None:
        if self._left == 0:
            raise OSError(errno.EIO, "dead")
        self._left -= 1


class Heir:
    def __init__(self, root: Path, name: str, disk: RealDisk | None = None) -> None:
        self.folders = made(root, name)
        others = self.folders.others
        self.spool = Spool(self.folders.own, disk or RealDisk(), [], SimulatedClock(), others=others)
        self.taken: list[str] = []
        self.cleared: list[str] = []
        self.adoption = Adoption(
            self.spool,
            self.folders,
            SimulatedClock(),
            METRICS,
            take=self.taken.append,
            clear=self._clear,
        )

    def _clear(self, name: str) -> int:
        self.cleared.append(name)
        return 0


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """A process has its spool."""
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


async def test_files_of_the_dead_are_moved_and_those_of_the_living_only_read(tmp_path: Path) -> None:
    heir = Heir(tmp_path, "a")
    other = made(tmp_path, "b").own
    (other / spool_name(KEY)).write_bytes(b"pictures")
    (other / "unreadable").mkdir()
    (other / "unreadable" / "torn.mp4").write_bytes(b"torn")
    with running(other):
        assert await heir.adoption.once() == 0
        assert not heir.adoption.is_dead("b")
        assert (heir.spool.read(KEY, 0, 99), heir.spool.size(KEY)) == (b"pictures", 8)
        assert heir.spool.is_elsewhere(KEY)
    assert heir.adoption.is_dead("b")
    assert await heir.adoption.once() == 1
    assert (heir.taken, heir.cleared) == ([KEY], ["b"])
    assert (heir.spool.path(KEY)).read_bytes() == b"pictures"
    assert (heir.folders.own / "unreadable" / "torn.mp4").read_bytes() == b"torn"
    assert not heir.spool.is_elsewhere(KEY)
    assert await heir.adoption.once() == 0


async def test_what_a_storage_without_a_name_left_is_taken_and_the_other_way_round(tmp_path: Path) -> None:
    tmp_path.joinpath(spool_name(KEY)).write_bytes(b"pictures")
    named = Heir(tmp_path, "a")
    assert await named.adoption.once() == 1
    alone = Heir(tmp_path, "")
    assert await alone.adoption.once() == 1
    assert [path.name for path in tmp_path.glob("*.mp4")] == [spool_name(KEY)]


async def test_a_file_of_the_same_name_is_not_written_over(tmp_path: Path) -> None:
    heir = Heir(tmp_path, "a")
    other = made(tmp_path, "b").own
    (other / spool_name(KEY)).write_bytes(b"theirs")
    heir.spool.path(KEY).write_bytes(b"ours")
    assert await heir.adoption.once() == 0
    assert (heir.spool.path(KEY).read_bytes(), (other / spool_name(KEY)).read_bytes()) == (b"ours", b"theirs")


@pytest.mark.parametrize("at", range(8))
async def test_a_crash_at_any_step_leaves_each_file_in_one_spool(at: int, tmp_path: Path) -> None:
    other = made(tmp_path, "b").own
    keys = [KEY.replace("044000", f"04400{number}") for number in range(3)]
    for key in keys:
        (other / spool_name(key)).write_bytes(key.encode())
    dying = Heir(tmp_path, "a", DyingDisk(at))
    with suppress(OSError):
        await dying.adoption.once()
    heir = Heir(tmp_path, "c")
    await heir.adoption.once()
    found = sorted(path for path in tmp_path.rglob("*.mp4"))
    assert [key_of_spool_name(path.name) for path in found] == keys
    assert {path.parent for path in found} == {heir.folders.own}
    assert all(path.read_bytes() == key_of_spool_name(path.name).encode() for path in found)


async def test_one_that_comes_back_waits_until_nobody_moves_its_files(tmp_path: Path) -> None:
    folder, clock = made(tmp_path, "a").own, SimulatedClock()
    lock = FolderLock(folder, clock, lambda: SinceBoot("boot", 0))
    with running(folder), pytest.raises(Conflict):
        await lock.take()
    with running(folder):
        taking = asyncio.create_task(lock.take_patiently())
        await clock.advance(1)
        assert not taking.done()
    await clock.advance(1)
    await taking
    lock.release()
