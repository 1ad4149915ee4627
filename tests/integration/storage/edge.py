"""A real edge recorder beside a real storage, with a link between them that can be cut."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from shared.messages.edge import EdgePass
from shared.recent import RecentUnits
from shared.tap.endpoint import Endpoint
from shared.tap.publisher import TapPublisher
from shared.tickets import Action, edge_resource
from shared.units import AccessUnit
from storage.model.segment import key_of_spool_name
from tests.integration.storage.harness import System
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.pictures import STREAM
from tests.support.ports import free_port
from tests.support.wire import Wire, wire

WORKER_TOKEN = "a-worker-credential"


@dataclass
class Edge:
    """The edge of STREAM's commune. `control` and `uploads` are the two ways of its link."""

    folder: Path
    system: System
    control: Wire
    uploads: Wire
    publisher: TapPublisher
    recent: RecentUnits
    tap_port: int
    settings: dict[str, str] = field(default_factory=dict)
    status_port: int = 0
    process: asyncio.subprocess.Process | None = None

    @property
    def kept(self) -> Path:
        return self.folder / "edge" / STREAM.commune

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")},
            "BEFFROI_DATA_DIR": str(self.folder),
            "BEFFROI_COMMUNE": STREAM.commune,
            "BEFFROI_CONTROL_URL": f"http://127.0.0.1:{self.control.port}",
            "BEFFROI_WORKER_TOKEN": WORKER_TOKEN,
            "BEFFROI_EDGE_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{self.tap_port}",
            "BEFFROI_EDGE_STATUS_PORT": str(self.status_port),
            "BEFFROI_EDGE_RATE_KBPS": "100000",
            "BEFFROI_SEGMENT_S": "2",
            "BEFFROI_DISK_RESERVE_MB": "0",
            **self.settings,
        }

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.status_port = free_port()
        with (self.folder / "edge.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "storage", "--edge", env=self.environment(), stderr=log, stdout=log
            )
        await eventually(self._answers, within_s=90, what="the edge's /healthz")

    async def _answers(self) -> bool:
        assert self.process is not None
        if self.process.returncode is not None:
            raise AssertionError((self.folder / "edge.log").read_text()[-3000:])
        try:
            await self.health()
        except httpx.TransportError:
            return False
        return True

    async def health(self) -> dict[str, str]:
        """What is not well."""
        async with local_client() as client:
            answer = await client.get(f"http://127.0.0.1:{self.status_port}/healthz")
        wrong: dict[str, str] = answer.json()["wrong"]
        return wrong

    async def end(self, number: signal.Signals) -> None:
        """Send a signal, and wait for the end."""
        if self.process is not None:
            if self.process.returncode is None:
                self.process.send_signal(number)
            await asyncio.wait_for(self.process.wait(), 60)
            self.process = None

    def cut(self) -> None:
        """The link goes down."""
        self.control.cut()
        self.uploads.cut()

    def mend(self) -> None:
        self.control.mend()
        self.uploads.mend()

    async def publish(self, units: Sequence[AccessUnit]) -> None:
        """What the camera beside the edge gives."""
        await eventually(lambda: self.publisher.wanted(units[0].stream), what="a subscription of the edge")
        for unit in units:
            self.recent.append(unit)
            self.publisher.publish(unit)
            await asyncio.sleep(0)

    def stored(self) -> dict[str, str]:
        """The SHA-256 of what the edge has, by key."""
        return rows(self.kept / "edge.db", "stored")

    async def until(self, count: int) -> None:
        """Wait until it has so many segments."""
        await eventually(
            lambda: len(self.stored()) >= count, within_s=30, what=f"{count} segments of the edge"
        )


def rows(index: Path, state: str) -> dict[str, str]:
    """The SHA-256 of what an index has in a state, by key."""
    with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as database:
        found = database.execute("SELECT key, sha256 FROM segments WHERE state = ?", (state,))
        return dict(found.fetchall())


def arriving(system: System) -> dict[str, int]:
    """The size of what has come of each segment under way to the centre, by key."""
    parts = (system.folder / "var" / "spool" / "arriving").glob("*.part")
    return {key_of_spool_name(path.name.removesuffix(".part")): path.stat().st_size for path in parts}


@asynccontextmanager
async def edge_of(
    system: System, folder: Path, settings: dict[str, str] | None = None
) -> AsyncIterator[Edge]:
    """A running edge, whose worker's credential control_room knows."""
    recent, tap_port = RecentUnits(), free_port()
    publisher = TapPublisher(
        [Endpoint.parse(f"connect:tcp://127.0.0.1:{tap_port}")],
        None,
        lambda stream: recent.snapshot() if stream == STREAM else (),
    )
    await publisher.start()
    folder.mkdir()
    async with wire(lambda: system.control_port) as control, wire(lambda: system.http_port) as uploads:

        def given(credential: str) -> EdgePass | None:
            if credential != WORKER_TOKEN:
                return None
            ticket = system.token(Action.EDGE, edge_resource(STREAM.commune))
            return EdgePass(ticket, f"http://127.0.0.1:{uploads.port}", 60)

        system.room.edge_pass = given
        edge = Edge(folder, system, control, uploads, publisher, recent, tap_port, settings or {})
        try:
            await edge.start()
            yield edge
        finally:
            await edge.end(signal.SIGTERM)
            await publisher.close()
