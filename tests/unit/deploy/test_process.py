import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from random import Random

import pytest

from deploy.process import Program, Supervised
from shared.backoff import Backoff
from shared.errors import Unavailable
from tests.support.eventually import eventually

_SUPERVISOR = """
import asyncio, sys
from deploy.process import Program, Supervised
async def main():
    child = Supervised(Program("child", [sys.executable, "-c", "import time; time.sleep(600)"], {}), print)
    await child.start()
    print("child", child.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def supervised(code: str, lines: list[str], stop_timeout_s: float = 5.0) -> Supervised:
    program = Program("child", python(code), dict(os.environ), stop_timeout_s)
    backoff = Backoff(first_s=0.01, limit_s=0.01, random=Random(1))
    return Supervised(program, lambda _name, line: lines.append(line), backoff)


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_a_program_that_dies_is_started_again() -> None:
    lines: list[str] = []
    child = supervised("import time; print('up', flush=True); time.sleep(600)", lines)
    await child.start()
    await eventually(lambda: lines.count("up") == 1, what="the first start")
    first = child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: lines.count("up") == 2, what="the second start")
    assert child.pid != first
    await child.stop()
    assert any("SIGKILL" in line for line in lines)


async def test_stopping_a_program_ends_its_whole_process_group() -> None:
    lines: list[str] = []
    code = (
        "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)"
    )
    child = supervised(code, lines)
    await child.start()
    await eventually(lambda: lines, what="the grandchild's pid")
    grandchild = int(lines[0])
    await child.stop()
    await eventually(lambda: not alive(grandchild), what="the end of the grandchild")


async def test_a_program_deaf_to_sigterm_is_killed_after_its_time() -> None:
    lines: list[str] = []
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    code = f"{deaf}; print('up', flush=True); time.sleep(600)"
    child = supervised(code, lines, stop_timeout_s=0.2)
    await child.start()
    await eventually(lambda: lines, what="the start")
    await asyncio.wait_for(child.stop(), 5)
    assert "did not stop in 0.2 s: killed" in lines


async def test_a_program_that_does_not_exist_is_said_in_one_sentence() -> None:
    child = Supervised(Program("ghost", ["/nonexistent/program"], {}), lambda *_: None)
    with pytest.raises(Unavailable, match="ghost cannot be started: No such file"):
        await child.start()


async def test_a_killed_supervisor_leaves_no_orphan() -> None:
    supervisor = await asyncio.create_subprocess_exec(*python(_SUPERVISOR), stdout=PIPE)
    assert supervisor.stdout is not None
    child = int((await supervisor.stdout.readline()).split()[1])
    assert alive(child)
    supervisor.kill()
    await supervisor.wait()
    await eventually(lambda: not alive(child), what="the end of the orphan")
