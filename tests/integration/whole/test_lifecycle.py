"""What a user sees when something stands in the way of a start, or dies."""

import asyncio
import socket
from pathlib import Path

import pytest

from deploy.cli import main
from deploy.demo import CAMERAS
from tests.support.client import signed_in
from tests.support.eventually import eventually
from tests.support.whole import WholeSystem

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


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
