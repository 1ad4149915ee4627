"""The control room as it runs: a process of its own, real HTTP, a real Valkey, everything it says kept."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.ports import free_port

ADMIN, PASSWORD = "admin.tests", "phrase-of-the-tests-Zq81"
RECORDER_TOKEN = "recorder-Zq81-token"
ROOT = Path(__file__).parents[3]


@dataclass
class ControlRoom:
    """A control room that may be started and killed."""

    folder: Path
    environment: dict[str, str]
    url: str
    status_url: str
    process: Process | None = None

    @property
    def log(self) -> str:
        """All it has written on its outputs."""
        path = self.folder / "control_room.log"
        return path.read_text() if path.exists() else ""

    async def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "control_room.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "control_room", env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        await eventually(self._answers, within_s=90, what="the control room answering")

    async def stop(self) -> int:
        """Ask it to stop, and give its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 60)

    def browser(self) -> httpx.AsyncClient:
        """Somebody's browser."""
        return local_client(base_url=f"{self.url}/api/v1", headers={"x-beffroi": "1"}, timeout=15)

    async def sign_in(self, browser: httpx.AsyncClient, login: str = ADMIN) -> httpx.Response:
        """Sign in with PASSWORD."""
        return await browser.post("/session", json={"login": login, "password": PASSWORD})

    async def command(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        """Run a command of it; its exit code and what it said."""
        made = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "control_room",
            *arguments,
            env=self.environment,
            cwd=ROOT,
            stdin=PIPE if typed else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        out, errors = await made.communicate(typed.encode() if typed else None)
        assert made.returncode is not None
        return made.returncode, (out + errors).decode()

    async def _answers(self) -> bool:
        assert self.process is not None
        if self.process.returncode is not None:
            raise AssertionError(f"the control room ended: {self.log}")
        try:
            async with local_client() as client:
                return (await client.get(f"{self.url}/api/v1/session")).status_code == 401
        except httpx.HTTPError:
            return False


@asynccontextmanager
async def running(folder: Path, redis_url: str, **more: str) -> AsyncIterator[ControlRoom]:
    """A control room in `folder`, started, with an administrator."""
    room = prepared(folder, redis_url, **more)
    await room.start()
    try:
        yield room
    finally:
        await room.stop()


def prepared(folder: Path, valkey_url: str, **more: str) -> ControlRoom:
    """A control room in `folder`, not started."""
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ticket.pem").write_bytes(key)
    (folder / "journal.pem").write_bytes(key)
    port, status_port = free_port(), free_port()
    settings = {
        "http_port": str(port),
        "status_port": str(status_port),
        "database_url": f"sqlite+aiosqlite:///{folder}/data/control_room.db",
        "redis_url": valkey_url,
        "secret_key": Fernet.generate_key().decode(),
        "ticket_private_key_file": str(folder / "ticket.pem"),
        "journal_key_file": str(folder / "journal.pem"),
        "mux_url": "http://127.0.0.1:1",
        "storage_url": "http://127.0.0.1:2",
        "storage_internal_url": f"http://127.0.0.1:{free_port()}",
        "recorder_token": RECORDER_TOKEN,
        "bootstrap_login": ADMIN,
        "bootstrap_password": PASSWORD,
        "demo": "true",
        **more,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")}
    environment = kept | {f"BEFFROI_{name.upper()}": value for name, value in settings.items()}
    return ControlRoom(folder, environment, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{status_port}")
