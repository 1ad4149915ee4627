"""The process as a whole: exports, revocations, restarts, bad settings."""

import asyncio
import socket
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from shared.evidence.verify import verify
from shared.messages.storage import ExportedCamera, ExportOrder
from shared.tickets import Action
from storage.model.instants import text_from_ns
from tests.integration.storage.harness import System, storage
from tests.support.eventually import eventually
from tests.support.pictures import STREAM, units
from tests.support.ports import free_port
from tests.support.private import open_to_others, readable_by_others

pytestmark = pytest.mark.slow


def an_order(start_ns: int) -> ExportOrder:
    start = datetime.fromtimestamp(start_ns / 1e9, UTC)
    camera = ExportedCamera(str(STREAM), "Place du Beffroi", "Lille", "2026-59-001")
    return ExportOrder("x-1", "PV 1", "TJ Lille", "p-1", (camera,), start, start + timedelta(seconds=6))


async def status_of(system: System) -> str:
    answer = await system.get("/exports/x-1", system.token(Action.STATUS, "export:x-1"))
    status: str = answer.json()["status"]
    return status


async def test_an_export_survives_a_kill_and_verifies_behind_closed_folders(tmp_path: Path) -> None:
    start_ns = time.time_ns() - 60_000_000_000
    async with storage(tmp_path) as system:
        await system.publish(units(150, start_ns=start_ns))
        await system.until(start_ns + 5_000_000_000)
        await system.put("/exports/x-1", system.token(Action.EXPORT, "export:x-1"), an_order(start_ns))
        await system.kill()
        kept = tmp_path / "var"
        open_to_others(kept)
        await system.start()
        # Objects are behind a closed folder, and too many to be gone through.
        assert [name for name in readable_by_others(kept) if not name.startswith("objects/")] == []

        async def done() -> bool:
            return await status_of(system) == "done"

        await eventually(done, within_s=60, what="the export")
        answer = await system.get("/exports/x-1/package", system.token(Action.DOWNLOAD, "export:x-1"))
        (tmp_path / "x-1.zip").write_bytes(answer.content)
        assert verify(tmp_path / "x-1.zip", system.evidence_pem).sound


async def test_a_download_is_cut_off_within_two_seconds_of_the_end_of_its_session(tmp_path: Path) -> None:
    start_ns = time.time_ns() - 60_000_000_000
    async with storage(tmp_path) as system:
        filler = b"\x00\x00\x00\x01\x0c" + b"\xff" * 4000 + b"\x80"
        shown = units(1000, start_ns=start_ns)
        await system.publish([replace(unit, data=unit.data + filler) for unit in shown])
        await system.until(start_ns + 35_000_000_000)
        token = system.token(Action.PLAYBACK, str(STREAM))
        host, port = "127.0.0.1", system.http_port
        # Room for little: what has not been read has not arrived.
        reader, writer = await asyncio.open_connection(limit=1024, sock=_narrow(host, port))
        path = f"/recordings/{STREAM}/media?from={text_from_ns(start_ns)}&ticket={token}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b"200" in await reader.readline()
        system.lessor.ended_sessions.add("s-1")
        await asyncio.to_thread(system.lessor.tell, system.url)

        async def cut() -> bool:
            return await system.metric("storage_answers_cut_off_total") == 1

        await eventually(cut, within_s=2, what="the end of the answer")
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()


def _narrow(host: str, port: int) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((host, port))
    connection.setblocking(False)
    return connection


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


async def test_a_gap_says_whether_storage_had_died_or_was_stopped_on_purpose(tmp_path: Path) -> None:
    starts_ns: list[int] = []
    async with storage(tmp_path) as system:
        for run, end in enumerate((system.kill, system.stop, None), 1):
            starts_ns.append(time.time_ns())
            await system.publish(units(25, start_ns=starts_ns[-1], run=run))
            await system.until(starts_ns[-1] + 400_000_000)
            if end is not None:
                await end()
                await system.start()
        asked = {"from": text_from_ns(starts_ns[0]), "to": text_from_ns(starts_ns[-1] + 400_000_000)}
        listed = await system.recordings(STREAM, **asked)
    gaps = listed["gaps"]
    assert isinstance(gaps, list)
    assert [gap["cause"] for gap in gaps] == ["recorder", "maintenance"]
