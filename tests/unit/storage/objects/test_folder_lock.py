"""One storage a folder, on one machine and on several."""

import asyncio
from pathlib import Path

import pytest

from shared.clock import SimulatedClock
from shared.errors import Conflict
from storage.objects.boot import Boot, SinceBoot
from storage.objects.folder_lock import WATCH_S, FolderLock, locked


def machine(name: str) -> Boot:
    return lambda: SinceBoot(name, 0)


HERE, ELSEWHERE = machine("here"), machine("elsewhere")


async def test_the_second_on_a_machine_is_refused_in_a_sentence(tmp_path: Path) -> None:
    clock = SimulatedClock()
    async with locked([tmp_path], clock, HERE):
        with pytest.raises(Conflict, match=r"another storage works in .* \(process \d+ on .*\): stop it"):
            async with locked([tmp_path], clock, HERE):
                pass


async def test_one_that_was_killed_is_followed_at_once_on_its_machine(tmp_path: Path) -> None:
    clock = SimulatedClock()
    first = FolderLock(tmp_path, clock, HERE)
    await first.take()
    lease = (tmp_path / ".beffroi-lease").read_bytes()
    first.release()
    (tmp_path / ".beffroi-lease").write_bytes(lease)
    async with locked([tmp_path], clock, HERE):
        assert clock.monotonic_ns() == 0


class LooseLock(FolderLock):
    """As where the kernel's locks say nothing of other machines."""

    def _lock(self) -> None:
        (self.folder / ".beffroi-lock").touch()


async def taking(lock: FolderLock, clock: SimulatedClock, other: FolderLock | None) -> None:
    """Take a lock while time passes and the other renews its lease, or does not."""
    task = asyncio.create_task(lock.take())
    for _ in range(int(WATCH_S) + 1):
        if other is not None:
            other.renew()
        await clock.advance(1)
    await task


async def test_one_that_lives_on_another_machine_keeps_the_folder(tmp_path: Path) -> None:
    clock = SimulatedClock()
    first, second = LooseLock(tmp_path, clock, ELSEWHERE), LooseLock(tmp_path, clock, HERE)
    await first.take()
    with pytest.raises(Conflict, match="another storage works in"):
        await taking(second, clock, first)


async def test_one_that_died_on_another_machine_is_followed(tmp_path: Path) -> None:
    clock = SimulatedClock()
    first, second = LooseLock(tmp_path, clock, ELSEWHERE), LooseLock(tmp_path, clock, HERE)
    await first.take()
    await taking(second, clock, None)
    with pytest.raises(Conflict):
        first.renew()


@pytest.mark.parametrize("left", [b"", b"\x00torn", b"{}"])
async def test_a_torn_lease_of_nobody_is_overcome(tmp_path: Path, left: bytes) -> None:
    clock = SimulatedClock()
    (tmp_path / ".beffroi-lease").write_bytes(left)
    lock = FolderLock(tmp_path, clock, HERE)
    await taking(lock, clock, None)
    assert await lock.reason_to_refuse() is None
    lock.release()


async def test_a_folder_that_cannot_be_written_refuses_destruction(tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    folder.mkdir()
    async with locked([folder], SimulatedClock(), HERE) as locks:
        folder.rename(tmp_path / "unplugged")
        locks[0].renew()
        assert "cannot be renewed" in str(await locks[0].reason_to_refuse())


async def test_a_disk_mounted_in_its_place_is_locked_too(tmp_path: Path) -> None:
    folder, clock = tmp_path / "objects", SimulatedClock()
    folder.mkdir()
    async with locked([folder], clock, HERE) as locks:
        folder.rename(tmp_path / "bare")
        folder.mkdir()
        locks[0].renew()
        with pytest.raises(Conflict):
            async with locked([folder], clock, HERE):
                pass


async def test_an_orderly_stop_leaves_no_lease_to_wait_for(tmp_path: Path) -> None:
    clock = SimulatedClock()
    async with locked([tmp_path, tmp_path / "."], clock, ELSEWHERE):
        pass
    async with locked([tmp_path], clock, HERE):
        assert clock.monotonic_ns() == 0


async def test_processes_of_one_index_have_a_folder_together_and_nobody_else_has_it(tmp_path: Path) -> None:
    clock = SimulatedClock()
    async with locked([tmp_path], clock, HERE, "family"), locked([tmp_path], clock, HERE, "family") as mine:
        assert clock.monotonic_ns() == 0
        with pytest.raises(Conflict):
            async with locked([tmp_path], clock, HERE):
                pass
        for _ in range(3):
            mine[0].renew()
        assert await mine[0].reason_to_refuse() is None
    # The last one that goes leaves nothing behind.
    async with locked([tmp_path], clock, ELSEWHERE):
        assert clock.monotonic_ns() == 0


async def test_one_of_the_family_that_goes_leaves_the_lease_to_the_others(tmp_path: Path) -> None:
    clock = SimulatedClock()
    async with locked([tmp_path], clock, HERE, "family"):
        async with locked([tmp_path], clock, HERE, "family"):
            pass
        assert (tmp_path / ".beffroi-lease").exists()


async def test_processes_of_another_index_are_kept_from_the_folder_while_the_family_lives(
    tmp_path: Path,
) -> None:
    clock = SimulatedClock()
    first, foreign = (FolderLock(tmp_path, clock, HERE, name) for name in ("family", "foreign"))
    await first.take()
    with pytest.raises(Conflict, match="another storage works in"):
        await taking(foreign, clock, first)
    # One that wrote over it all the same is found out by those whose it is.
    await taking(FolderLock(tmp_path, clock, HERE, "foreign"), clock, None)
    with pytest.raises(Conflict):
        first.renew()


async def test_one_alone_is_not_joined_by_several(tmp_path: Path) -> None:
    clock = SimulatedClock()
    async with locked([tmp_path], clock, HERE):
        with pytest.raises(Conflict):
            async with locked([tmp_path], clock, HERE, "family"):
                pass
