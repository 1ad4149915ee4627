"""A service as a whole process: signals, exit codes and standard error are its own."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from shared.service import Service
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.unit.shared.running import listening, served

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, os, sys
from shared.errors import Unavailable
from shared.service import Service, main

async def build():
    service = Service("tiny", status_port=int(os.environ["PORT"]))
    def closer(name):
        async def close():
            print("closed", name, flush=True)
        return close
    for name in ("first", "second"):
        service.on_stop(closer(name))
    async def work():
        print("working", flush=True)
        await asyncio.Event().wait()
    service.supervise("work", work)
    if os.environ.get("FAULT") == "known":
        raise Unavailable("redis://:hunter2@host does not answer")
    if os.environ.get("FAULT") == "unknown":
        raise RuntimeError("redis://:hunter2@host is odd")
    return service

sys.exit(main("tiny", build))
"""


async def spawned(folder: Path, port: int, **environment: str) -> Process:
    (folder / "tiny.py").write_text(PROGRAM)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tiny", cwd=folder, stdout=PIPE, stderr=PIPE,
        env={"PORT": str(port), "PYTHONPATH": f"{folder}:{ROOT}", **environment},
    )  # fmt: skip


async def finished(process: Process) -> tuple[int | None, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_everything_in_order_and_well(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    process = await spawned(tmp_path, port)
    await eventually(lambda: listening(port), what="the status port of the process")
    process.send_signal(number)
    code, out, _ = await finished(process)
    assert (code, out.splitlines()) == (0, ["working", "closed second", "closed first"])


async def test_a_port_already_taken_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    async with served(Service("first", status_port=port), port):
        code, _, err = await finished(await spawned(tmp_path, port))
    assert code == 2
    assert err.splitlines()[-1] == (
        f"beffroi tiny: tiny cannot open its status port 127.0.0.1:{port}: Address already in use"
    )


async def test_a_wrong_setting_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    process = await spawned(tmp_path, free_port(), BEFFROI_DEMO="perhaps")
    code, _, err = await finished(process)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("beffroi tiny: BEFFROI_DEMO is wrong: ")


async def test_an_error_at_the_start_shows_no_password(tmp_path: Path) -> None:
    code, _, err = await finished(await spawned(tmp_path, free_port(), FAULT="known"))
    assert (code, err) == (2, "beffroi tiny: redis://***@host does not answer\n")


async def test_a_fault_nobody_foresaw_shows_its_place_and_no_password(tmp_path: Path) -> None:
    code, _, err = await finished(
        await spawned(tmp_path, free_port(), FAULT="unknown", BEFFROI_LOG_JSON="false")
    )
    assert code == 1
    assert "in build" in err
    assert "hunter2" not in err
