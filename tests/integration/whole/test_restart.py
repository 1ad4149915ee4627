"""Starting, stopping and starting again, in a whole system of its own."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.whole.recordings import recorded_ranges, shows_recordings
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

        async def shown() -> bool:
            return await shows_recordings(legal, camera["id"])

        await eventually(shown, within_s=20, what="storage knowing which rights hold")
        after = await recorded_ranges(legal, camera["id"], begun)
    assert after[0][0] == before[0]
    assert after[0][1] >= before[1]
    await a_viewer_who_lost_a_mux_gets_the_other(again)
    await eventually(lambda: len(list(descendants(again.pid))) == 9, within_s=30, what="all nine processes")
    processes = list(descendants(again.pid))
    os.kill(again.pid, signal.SIGKILL)
    await eventually(lambda: not any(alive(pid) for pid in processes), within_s=20, what="the end of all")
