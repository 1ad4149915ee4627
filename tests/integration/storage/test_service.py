"""The process as a whole: exports, revocations, restarts, bad settings."""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from shared.bus import REVOKED
from shared.messages import ExportedCamera, ExportOrder
from shared.redis_bus import RedisBus
from shared.tickets import Action
from storage.instants import text_from_ns
from storage.verify import verify
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port
from tests.support.valkey import Valkey

pytestmark = pytest.mark.slow


def an_order(start_ns: int) -> ExportOrder:
    start = datetime.fromtimestamp(start_ns / 1e9, UTC)
    camera = ExportedCamera(str(STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    return ExportOrder("x-1", "PV 1", "TJ Lille", "p-1", (camera,), start, start + timedelta(seconds=6))


async def status_of(system: System) -> str:
    answer = await system.get("/exports/x-1", system.token(Action.STATUS, "export:x-1"))
    status: str = answer.json()["status"]
    return status


async def test_an_export_survives_a_kill_and_verifies(tmp_path: Path) -> None:
    start_ns = time.time_ns() - 60_000_000_000
    async with storage(tmp_path) as system:
        await system.publish(units(150, start_ns=start_ns))
        await system.until(start_ns + 5_000_000_000)
        await system.put("/exports/x-1", system.token(Action.EXPORT, "export:x-1"), an_order(start_ns))
        await system.kill()
        await system.start()

        async def done() -> bool:
            return await status_of(system) == "done"

        await eventually(done, within_s=60, what="the export")
        answer = await system.get("/exports/x-1/package", system.token(Action.DOWNLOAD, "export:x-1"))
        (tmp_path / "x-1.zip").write_bytes(answer.content)
        assert verify(tmp_path / "x-1.zip", system.evidence_pem).sound


async def test_a_revocation_by_redis_ends_a_session(tmp_path: Path) -> None:
    server = Valkey(tmp_path)
    await server.start()
    start_ns = time.time_ns() - 60_000_000_000
    try:
        async with storage(tmp_path, {"BEFFROI_REDIS_URL": server.url}) as system:
            await system.publish(units(50, start_ns=start_ns))
            await system.until(start_ns + 1_000_000_000)
            bus = RedisBus(server.url)

            async def refused() -> bool:
                await bus.publish(REVOKED, b'{"session": "s-1"}')
                answer = await system.get(f"/recordings/{STREAM}", system.token(Action.PLAYBACK, str(STREAM)))
                return answer.status_code == 403

            await eventually(refused, what="the end of the session")
            await bus.close()
    finally:
        await server.stop()


async def test_without_redis_recording_and_playback_go_on(tmp_path: Path) -> None:
    start_ns = time.time_ns() - 60_000_000_000
    async with storage(tmp_path, {"BEFFROI_REDIS_URL": f"redis://127.0.0.1:{free_port()}"}) as system:
        await system.publish(units(50, start_ns=start_ns))
        await system.until(start_ns + 1_000_000_000)
        answer = await system.get(
            f"/recordings/{STREAM}/media",
            system.token(Action.PLAYBACK, str(STREAM)),
            **{"from": text_from_ns(start_ns)},
        )
    assert answer.status_code == 200


async def test_a_port_already_taken_gives_one_sentence(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        second = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "storage",
            env={
                **system.environment(),
                "BEFFROI_DATA_DIR": str(tmp_path / "elsewhere"),
                "BEFFROI_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{free_port()}",
            },
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(second.communicate(), 90)
    assert (second.returncode, b"cannot listen on" in said, b"Traceback" in said) == (2, True, False)


@pytest.mark.parametrize("command", [[], ["reindex"], ["scrub", "--repair"]])
async def test_a_second_storage_on_the_same_folders_is_refused_in_a_sentence(
    tmp_path: Path, command: list[str]
) -> None:
    async with storage(tmp_path) as system:
        second = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "storage",
            *command,
            env={**system.environment(), "BEFFROI_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{free_port()}"},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(second.communicate(), 90)
    assert (second.returncode, b"another storage works in" in said, b"Traceback" in said) == (2, True, False)


async def test_reindexing_is_a_command(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        await system.publish(units(150, start_ns=time.time_ns() - 60_000_000_000))
        await eventually(lambda: list((tmp_path / "var/objects").rglob("*.mp4")), what="a segment")
        await system.stop()
        for path in (tmp_path / "var").glob("storage.db*"):
            path.unlink()
        command = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "storage",
            "reindex",
            env=system.environment(),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await asyncio.wait_for(command.communicate(), 90)
    assert b"added" in said
    assert not said.startswith(b"0 segments known, 0 added")


async def test_a_healthy_storage_says_so(tmp_path: Path) -> None:
    async with storage(tmp_path) as system:
        await system.publish(units(50, start_ns=time.time_ns() - 60_000_000_000))

        async def well() -> bool:
            try:
                return await system.health() == {}
            except httpx.TransportError:
                return False

        await eventually(well, what="health")
