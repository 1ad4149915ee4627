"""`python -m mux` as its users start it."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

from tests.bench.mux_process import MuxProcess
from tests.integration.mux.rig import make_key
from tests.support.http import local_client
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[3]


async def run_mux(folder: Path, **settings: str) -> tuple[int | None, str]:
    """Start it with these settings; its exit code and what it said on standard error."""
    environment = {
        **os.environ,
        "BEFFROI_HTTP_PORT": str(free_port()),
        "BEFFROI_STATUS_PORT": str(free_port()),
        "BEFFROI_UDP_HOST": "127.0.0.1",
        "BEFFROI_UDP_PORT": "0",
        "BEFFROI_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{free_port()}",
        "BEFFROI_DATA_DIR": str(folder),
        **{f"BEFFROI_{name.upper()}": value for name, value in settings.items()},
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "mux", cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, said.decode()


async def test_it_is_healthy_and_stops_at_a_signal(tmp_path: Path) -> None:
    async with MuxProcess(tmp_path) as mux, local_client() as http:
        assert await mux.metric("mux_viewers", http) == 0.0
        os.kill(mux.pid, signal.SIGTERM)
        assert await mux.stopped() == 0


async def test_a_missing_ticket_key_is_one_clear_sentence(tmp_path: Path) -> None:
    code, said = await run_mux(tmp_path)
    assert code == 2
    assert "BEFFROI_TICKET_PUBLIC_KEY_FILE is not set" in said


async def test_an_unreadable_ticket_key_is_one_clear_sentence(tmp_path: Path) -> None:
    code, said = await run_mux(tmp_path, ticket_public_key_file=str(tmp_path / "none.pem"))
    assert code == 2
    assert "none.pem cannot be read" in said


async def test_a_taken_media_port_is_one_clear_sentence(tmp_path: Path) -> None:
    _, key_file = make_key(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        code, said = await run_mux(tmp_path, ticket_public_key_file=str(key_file), udp_port=str(port))
    assert code == 2
    assert f"mux cannot use UDP 127.0.0.1:{port}" in said
    assert "Traceback" not in said
