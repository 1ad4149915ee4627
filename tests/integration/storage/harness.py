"""Runs a real storage process, with a tap publisher and a small control_room in the test."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from shared.ids import StreamId
from shared.messages.codec import decode, encode
from shared.messages.storage import (
    HeldReport,
    HoldOrder,
    KnownHolds,
    RecordingPolicies,
    RecordingPolicy,
    RecordingReports,
)
from shared.recent import RecentUnits
from shared.tap.endpoint import Endpoint
from shared.tap.publisher import TapPublisher
from shared.tickets import Action, Ticket, TicketSigner
from shared.units import AccessUnit
from storage.fmp4.reader import Layout, read_layout
from storage.objects.disk import RealDisk
from storage.objects.folder import FolderStore
from storage.objects.sealing.commune_keys import CommuneKeys
from storage.objects.sealing.data_keys import DataKeys
from storage.objects.sealing.store import SealingStore
from storage.objects.store import ObjectStore
from tests.support.eventually import eventually
from tests.support.http import local_client
from tests.support.lessor import Lessor, Renewing
from tests.support.pictures import STREAM
from tests.support.ports import free_port

FAR_S = 4_000_000_000


@dataclass
class ControlRoom:
    """Answers the recorder: policies with their ETag, reports kept."""

    policies: tuple[RecordingPolicy, ...] = ()
    reports: RecordingReports = field(default_factory=lambda: RecordingReports(()))
    version: int = 1
    holds: tuple[HoldOrder, ...] = ()
    held: HeldReport = field(default_factory=lambda: HeldReport(()))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(found[1])) if found else b""
            writer.write(self._answer(head, body))
            await writer.drain()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"PUT /api/v1/recorder/holds"):
            self.held = decode(HeldReport, body)
            told = encode(KnownHolds(self.holds, ()))
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told)
        if head.startswith(b"PUT /api/v1/recorder/ledger"):
            # It keeps no register: storage goes on, and tells it again.
            return b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        if head.startswith(b"PUT"):
            self.reports = decode(RecordingReports, body)
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        tag = f'"{self.version}"'.encode()
        if b"if-none-match: " + tag in head.lower():
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        answer = encode(RecordingPolicies(str(self.version), self.policies))
        return b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Length: %d\r\n\r\n%b" % (tag, len(answer), answer)


@asynccontextmanager
async def control_room(room: ControlRoom) -> AsyncIterator[int]:
    """Serve a control_room; its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await room.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(guarded(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class System:
    """One storage and what is around it."""

    folder: Path
    room: ControlRoom
    control_port: int
    tap_port: int
    tickets: TicketSigner
    evidence_pem: bytes
    publisher: TapPublisher
    recent: RecentUnits
    settings: dict[str, str] = field(default_factory=dict)
    http_port: int = 0
    status_port: int = 0
    sealed: bool = False
    """Whether it has a folder of footage keys."""

    process: asyncio.subprocess.Process | None = None
    renewing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.lessor = Lessor(self.tickets)
        self.lessor.knows(Ticket("t-1", "p-1", "s-1", Action.PLAYBACK, str(STREAM), FAR_S))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("BEFFROI_")},
            "BEFFROI_DATA_DIR": str(self.folder / "var"),
            "BEFFROI_HTTP_PORT": str(self.http_port),
            "BEFFROI_STATUS_PORT": str(self.status_port),
            "BEFFROI_CONTROL_URL": f"http://127.0.0.1:{self.control_port}",
            "BEFFROI_RECORDER_TOKEN": "a-recorder-credential",
            "BEFFROI_TAP_ENDPOINTS": f"bind:tcp://127.0.0.1:{self.tap_port}",
            "BEFFROI_TICKET_PUBLIC_KEY_FILE": str(self.folder / "ticket.pub"),
            "BEFFROI_EVIDENCE_KEY_FILE": str(self.folder / "evidence.pem"),
            "BEFFROI_ALLOWED_ORIGINS": "https://csu.example",
            "BEFFROI_SEGMENT_S": "2",
            "BEFFROI_DISK_RESERVE_MB": "0",
            **({"BEFFROI_FOOTAGE_KEY_DIR": str(self.folder / "keys")} if self.sealed else {}),
            **self.settings,
        }

    async def command(self, *arguments: str) -> tuple[int, str]:
        """What a command of storage ends with and says; the process is stopped."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "storage", *arguments),
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0, said.decode()

    def store(self) -> ObjectStore:
        """What is in the folder of objects, opened."""
        objects = FolderStore(self.folder / "var/objects", RealDisk())
        keys = DataKeys(objects.notes, CommuneKeys(self.folder / "keys", RealDisk()))
        return SealingStore(objects, keys if self.sealed else None)

    def layouts(self) -> list[Layout]:
        """All finished segments, oldest first."""
        store, found = self.store(), []
        for key in store.keys(most=1000):
            stored = store.find(key)
            assert stored is not None
            found.append(read_layout(partial(store.read, key), stored.size))
        return sorted(found, key=lambda one: one.identity.start_ns)

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.http_port, self.status_port = free_port(), free_port()
        log = (self.folder / "storage.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "storage", env=self.environment(), stderr=log, stdout=log
        )
        log.close()
        await eventually(self._answers, within_s=90, what="storage's HTTP door")
        await asyncio.to_thread(self.lessor.tell, self.url)
        self.renewing.enter_context(Renewing(self.lessor, self.url))

    async def _answers(self) -> bool:
        assert self.process is not None
        if self.process.returncode is not None:
            raise AssertionError((self.folder / "storage.log").read_text()[-3000:])
        try:
            async with local_client() as client:
                return (await client.get(f"{self.url}/evidence-key")).status_code == 200
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, and wait."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        self.renewing.close()
        if self.process is not None:
            if self.process.returncode is None:
                self.process.send_signal(number)
            await asyncio.wait_for(self.process.wait(), 60)
            self.process = None

    async def publish(self, units: Sequence[AccessUnit]) -> None:
        """Put units on the tap once somebody wants them."""
        await eventually(lambda: self.publisher.wanted(units[0].stream), what="a subscription")
        for unit in units:
            self.recent.append(unit)
            self.publisher.publish(unit)
            await asyncio.sleep(0)

    async def health(self) -> dict[str, str]:
        """What is not well."""
        async with local_client() as client:
            answer = await client.get(f"http://127.0.0.1:{self.status_port}/healthz")
        wrong: dict[str, str] = answer.json()["wrong"]
        return wrong

    async def metric(self, name: str) -> float:
        """A metric's value, summed over its labels."""
        async with local_client() as client:
            text = (await client.get(f"http://127.0.0.1:{self.status_port}/metrics")).text
        lines = [line for line in text.splitlines() if re.match(rf"{name}[ {{]", line)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def token(self, action: Action, resource: str, **changes: object) -> str:
        """A ticket's token."""
        ticket = Ticket("t-1", "p-1", "s-1", action, resource, FAR_S)
        return self.lessor.sign(replace(ticket, **changes))  # type: ignore[arg-type]  # fields by name

    async def get(self, path: str, token: str, **query: str) -> httpx.Response:
        """A GET with a ticket."""
        async with local_client(timeout=20) as client:
            headers = {"authorization": f"Bearer {token}"}
            return await client.get(f"{self.url}{path}", params=query, headers=headers)

    async def put(self, path: str, token: str, message: object) -> httpx.Response:
        """A PUT of a message with a ticket."""
        async with local_client(timeout=20) as client:
            headers = {"authorization": f"Bearer {token}"}
            return await client.put(f"{self.url}{path}", content=encode(message), headers=headers)

    async def recordings(self, stream: StreamId = STREAM, **query: str) -> dict[str, object]:
        """The list of a stream's recordings."""
        token = self.token(Action.PLAYBACK, str(stream))
        answer = await self.get(f"/recordings/{stream}", token, **query)
        listed: dict[str, object] = answer.raise_for_status().json()
        return listed

    async def until(self, utc_ns: int, stream: StreamId = STREAM, within_s: float = 15) -> None:
        """Wait until footage is on disk up to an instant."""

        async def there() -> bool:
            newest = (await self.recordings(stream))["until"]
            return isinstance(newest, str) and _ns(newest) >= utc_ns

        await eventually(there, within_s=within_s, what=f"footage of {stream}")


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


def policy(stream: StreamId = STREAM, *, days: int = 30, recorded: bool = True) -> RecordingPolicy:
    """A stream that is recorded."""
    return RecordingPolicy(str(stream), "Place du Beffroi", "Lille", recorded, days)


def pem_pair() -> tuple[bytes, bytes]:
    """A fresh private and public key in PEM."""
    key = Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


@asynccontextmanager
async def storage(
    folder: Path,
    settings: dict[str, str] | None = None,
    prepare: Callable[[System], None] | None = None,
    *,
    sealed: bool = False,
) -> AsyncIterator[System]:
    """A running storage that is to record `STREAM`."""
    ticket_private, ticket_public = pem_pair()
    evidence_private, evidence_public = pem_pair()
    (folder / "ticket.pub").write_bytes(ticket_public)
    (folder / "evidence.pem").write_bytes(evidence_private)
    room, recent, tap_port = ControlRoom((policy(),)), RecentUnits(), free_port()
    publisher = TapPublisher(
        [Endpoint.parse(f"connect:tcp://127.0.0.1:{tap_port}")],
        None,
        lambda stream: recent.snapshot() if stream == STREAM else (),
    )
    await publisher.start()
    async with control_room(room) as port:
        system = System(
            folder,
            room,
            port,
            tap_port,
            TicketSigner.from_pem(ticket_private),
            evidence_public,
            publisher,
            recent,
            settings or {},
            sealed=sealed,
        )
        if prepare is not None:
            prepare(system)
        try:
            await system.start()
            yield system
        finally:
            await system.stop()
            await publisher.close()
