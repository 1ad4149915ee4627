"""A real disk that really fills: a small tmpfs. Needs root to mount one."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messages.storage import RecordingStatus
from tests.integration.storage.harness import storage
from tests.support.eventually import eventually
from tests.support.pictures import units

pytestmark = pytest.mark.slow


async def command(*words: str) -> int:
    """Run a command; its exit code."""
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


@pytest.fixture
async def small_disk(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder that is a disk of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)):
        pytest.skip("mounting a small disk needs root and the right to mount")
    yield folder
    await command("umount", "-l", str(folder))


async def test_recording_fails_loudly_on_a_full_disk_and_resumes_with_space(
    tmp_path: Path, small_disk: Path
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(900_000))
    start_ns = time.time_ns() - 100_000_000_000
    pictures = units(400, start_ns=start_ns, width=640, height=480)

    async with storage(tmp_path, {"BEFFROI_SPOOL_DIR": str(small_disk)}) as system:

        def told(status: RecordingStatus) -> bool:
            return [one.status for one in system.room.reports.reports] == [status]

        await system.publish(pictures[:300])
        await eventually(lambda: told(RecordingStatus.FAILING), what="a report of the full disk")
        assert "No space left" in system.room.reports.reports[0].reason
        assert "recording" in await system.health()
        filler.unlink()

        async def resumes() -> bool:
            await system.publish(
                units(25, start_ns=time.time_ns(), run=int(time.monotonic() * 1000), width=640, height=480)
            )
            return told(RecordingStatus.RECORDING)

        await eventually(resumes, within_s=60, what="recording after there is space again")
