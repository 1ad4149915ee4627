"""Transcoders as real processes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from mux.counts import Counts
from mux.streams.transcoder.transcoders import Transcoders
from shared.clock import SystemClock
from shared.tap import Gap
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from shared.units import AccessUnit, Codec
from tests.support.eventually import eventually
from tests.support.pictures import STREAM
from tests.support.strange_pictures import strange_units

JPEGS = strange_units(Codec.MJPEG)
_WITHIN_S = 40.0
COUNTS = Counts()


@pytest.fixture
async def transcoders() -> AsyncIterator[Transcoders]:
    made = Transcoders(2, lambda: ChildProcess.spawn(Limits()), SystemClock(), COUNTS, Random(1))
    yield made
    await made.close()


def is_alive(pid: int) -> bool:
    """Whether a process is there and not a corpse nobody has buried yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def test_a_stream_comes_back_as_h264_and_its_process_is_gone_after_the_end(
    transcoders: Transcoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFFROI_REDIS_URL", "redis://:secret@nowhere")
    got: list[AccessUnit | Gap] = []
    transcoder = transcoders.open(STREAM, got.append)
    for unit in JPEGS[:3]:
        transcoder.take(unit)
    await eventually(lambda: got, within_s=_WITHIN_S, what="a picture of the first group")
    for unit in JPEGS[3:]:
        transcoder.take(unit)
    await eventually(
        lambda: isinstance(got[-1], AccessUnit) and got[-1].pts90 == JPEGS[-1].pts90,
        within_s=_WITHIN_S,
        what="the newest picture",
    )
    first = got[0]
    assert isinstance(first, AccessUnit)
    assert (first.codec, first.key) == (Codec.H264, True)
    assert transcoder.trouble == ""
    pid = transcoder.pid
    assert pid is not None
    assert b"BEFFROI_" not in Path(f"/proc/{pid}/environ").read_bytes()
    await eventually(lambda: os.getpriority(os.PRIO_PROCESS, pid) == 5, what="being nice")
    transcoders.end(transcoder)
    assert len(transcoders) == 0
    await eventually(lambda: not is_alive(pid), within_s=_WITHIN_S, what="the end of the process")


async def test_a_killed_transcoder_is_replaced_and_goes_on_at_a_key_picture(transcoders: Transcoders) -> None:
    got: list[AccessUnit | Gap] = []
    transcoder = transcoders.open(STREAM, got.append)
    transcoder.take(JPEGS[0])
    await eventually(lambda: got, within_s=_WITHIN_S, what="a picture")
    pid = transcoder.pid
    assert pid is not None
    restarts = COUNTS.transcoder_restarts
    os.kill(pid, signal.SIGKILL)
    await eventually(lambda: Gap(STREAM, 0) in got, within_s=_WITHIN_S, what="the hole being told")
    assert "signal 9" in str(transcoder.trouble)
    transcoder.take(JPEGS[1])
    gap = got.index(Gap(STREAM, 0))
    await eventually(lambda: got[gap + 1 :], within_s=_WITHIN_S, what="a picture of the next process")
    after = got[gap + 1]
    assert isinstance(after, AccessUnit)
    assert after.key
    assert after.pts90 == JPEGS[1].pts90
    await eventually(lambda: transcoder.trouble == "", what="the end of the trouble")
    assert COUNTS.transcoder_restarts == restarts + 1
    assert transcoder.pid not in (None, pid)


async def test_it_ends_with_mux_however_mux_ends() -> None:
    """A stand-in for mux, on its event loop, starts a transcoder, says its process id and is killed."""
    program = (
        "import asyncio\n"
        "import uvloop\n"
        "from shared.transcoding.limits import Limits\n"
        "from shared.transcoding.process import ChildProcess\n"
        "async def main():\n"
        "    child = await ChildProcess.spawn(Limits())\n"
        "    await child.receive()\n"
        "    print(child.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "uvloop.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert parent.stdout is not None
        pid = int(await asyncio.wait_for(parent.stdout.readline(), _WITHIN_S))
        assert is_alive(pid)
    finally:
        parent.kill()
        await parent.wait()
    await eventually(lambda: not is_alive(pid), within_s=_WITHIN_S, what="the end of the orphan")


async def test_what_cannot_be_decoded_is_told(transcoders: Transcoders) -> None:
    got: list[AccessUnit | Gap] = []
    transcoder = transcoders.open(STREAM, got.append)
    for number in range(80):
        transcoder.take(replace(JPEGS[0], seq=number, pts90=number * 3600, data=b"\xff\xd8 no picture"))
        if number == 0:
            await eventually(
                lambda: transcoder.pid is not None and transcoder.is_ready, within_s=_WITHIN_S, what="a start"
            )
    await eventually(lambda: "mjpeg" in str(transcoder.trouble), within_s=_WITHIN_S, what="the reason")
    await eventually(lambda: got, within_s=_WITHIN_S, what="the drawn reason")
