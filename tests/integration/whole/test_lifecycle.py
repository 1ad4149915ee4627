"""Starting, stopping and starting again; what a user sees when something stands in the way."""

import asyncio
import os
import signal
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.cli import main
from deploy.demo import CAMERAS
from tests.integration.whole.recordings import recorded_ranges
from tests.support.client import Json, signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem, command_line, descendants

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


def alive(pid: int) -> bool:
    return bool(command_line(pid))


async def a_viewer_who_lost_a_mux_gets_the_other(system: WholeSystem) -> None:
    urls = [f"http://127.0.0.1:{mux.http}" for mux in system.ports.muxes]
    async with signed_in(system.url, "operatrice") as operator:
        camera = (await operator.items("/cameras"))[0]["id"]

        async def placed_on(**more: object) -> object:
            body: Json = {"cameras": [camera], "motive": "watch", **more}
            return (await operator.made("/wall", body))["mux"]

        async def spread() -> bool:
            return {await placed_on() for _ in range(2)} == set(urls)

        await eventually(spread, within_s=20, what="viewers on both muxes")
        os.kill(mux_on(system.ports.muxes[0].http, system), signal.SIGKILL)
        assert await placed_on(avoid=urls[0]) == urls[1]
        await eventually(lambda: len(system.pids("-m", "mux")) == 2, within_s=30, what="the mux's return")


def mux_on(port: int, system: WholeSystem) -> int:
    """The process of the mux with this HTTP port."""
    setting = f"BEFFROI_HTTP_PORT={port}".encode()
    (found,) = [
        pid
        for pid in system.pids("-m", "mux")
        if setting in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    ]
    return found


async def test_ctrl_c_stops_all_the_next_start_finds_its_recordings_and_a_kill_leaves_no_orphan(
    tmp_path: Path,
) -> None:
    system = WholeSystem(tmp_path / "data")
    await system.start()
    begun = datetime.now(UTC) - timedelta(minutes=1)
    async with signed_in(system.url, "juriste") as legal:
        camera = (await legal.items("/cameras"))[0]

        async def some() -> bool:
            return bool(await recorded_ranges(legal, camera["id"], begun))

        await eventually(some, within_s=30, what="a recording")
        before = (await recorded_ranges(legal, camera["id"], begun))[0]
    processes = list(descendants(system.pid))
    assert await system.stop() == 0
    assert [pid for pid in processes if alive(pid)] == []
    again = WholeSystem(tmp_path / "data", system.ports.page, muxes=2)
    await again.start()
    async with signed_in(again.url, "juriste") as legal:
        after = await recorded_ranges(legal, camera["id"], begun)
    assert after[0][0] == before[0]
    assert after[0][1] >= before[1]
    await a_viewer_who_lost_a_mux_gets_the_other(again)
    await eventually(lambda: len(list(descendants(again.pid))) == 9, within_s=30, what="all nine processes")
    processes = list(descendants(again.pid))
    os.kill(again.pid, signal.SIGKILL)
    await eventually(lambda: not any(alive(pid) for pid in processes), within_s=20, what="the end of all")


async def test_a_demo_started_twice_says_so_and_leaves_the_first_alone(
    whole: WholeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["demo", "--data", str(whole.data_dir), "--port", str(whole.ports.page + 40)]
    assert await asyncio.to_thread(main, arguments) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"Beffroi already runs in {whole.data_dir}" in told
    assert whole.url in told
    async with signed_in(whole.url, "operatrice") as operator:
        assert len(await operator.items("/cameras")) == len(CAMERAS)


async def test_a_demo_on_a_taken_port_names_the_port_and_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = ["demo", "--data", str(tmp_path), "--port", str(min(port, 65_000))]
        assert await asyncio.to_thread(main, arguments) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot be opened" in told
    assert "--port" in told


async def test_a_service_that_is_killed_comes_back(whole: WholeSystem) -> None:
    before = set(whole.pids("-m", "mux"))
    whole.kill_mux(whole.ports.muxes[0].http)

    def another() -> bool:
        return len(whole.pids("-m", "mux")) == len(before) and set(whole.pids("-m", "mux")) != before

    await eventually(another, within_s=20, what="another mux")
    assert any("mux" in line and "SIGKILL" in line for line in whole.lines)
