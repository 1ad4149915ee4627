"""`python -m tests.bench.camera_process TAP_PORT BITS_PER_SECOND`: the bench's camera as a process.

It keeps its pace whatever the viewers' process is busy with.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.integration.mux.rig import Camera, playing
from tests.support.mux_stream import FPS, street

_ROOT = Path(__file__).resolve().parents[2]
_GOP = 2 * FPS


@asynccontextmanager
async def camera_process(tap_port: int, bits_per_second: int) -> AsyncIterator[None]:
    """The camera, for the length of the block."""
    command = [sys.executable, "-m", "tests.bench.camera_process", str(tap_port), str(bits_per_second)]
    child = subprocess.Popen(command, cwd=_ROOT)  # noqa: ASYNC220  # blocks for the fork only
    try:
        yield
    finally:
        child.terminate()
        await asyncio.to_thread(child.wait)


async def _play(tap_port: int, bits_per_second: int) -> None:
    units = street(_GOP, 2 * _GOP, bits_per_second=bits_per_second)
    async with playing(Camera(units, tap_port, FPS)):
        await asyncio.Event().wait()


def main() -> int:
    tap_port, bits_per_second = map(int, sys.argv[1:3])
    asyncio.run(_play(tap_port, bits_per_second))
    return 0


if __name__ == "__main__":
    sys.exit(main())
