"""A mux with a camera of ours behind the tap, tickets signed by us, and WHEP asked by hand."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mux.service import build_with
from mux.settings import MuxSettings
from mux.transport.stun import Address
from mux.transport.udp import UdpTransport
from shared.ids import StreamId
from shared.recent import RecentUnits
from shared.service import Service
from shared.tap import Endpoint, TapKeys, TapPublisher
from shared.tickets import WALL_RESOURCE, Action, Ticket, TicketSigner
from shared.units import AccessUnit
from tests.support.http import local_client
from tests.support.lessor import Lessor, Renewing
from tests.support.pictures import STREAM
from tests.support.ports import free_port

PAGE_PORT = free_port()
ORIGIN = f"http://127.0.0.1:{PAGE_PORT}"


class LossyTransport(UdpTransport):
    """A network that loses two media packets in a hundred. To be used without segmentation and in Python."""

    _random = Random(3)

    def send(self, datagram: bytes | memoryview, address: Address) -> bool:
        is_media = datagram[0] >= 128
        if is_media and self._random.random() < 0.02:
            return True
        return super().send(datagram, address)


class Camera:
    """Plays units over and over into the tap, in real time, as an ingest worker does."""

    def __init__(
        self, units: Sequence[AccessUnit], tap_port: int, fps: int = 25, keys: TapKeys | None = None
    ) -> None:
        self.stream = units[0].stream
        self._units = units
        self._fps = fps
        self._recent = RecentUnits(64 << 20)
        self.publisher = TapPublisher(
            [Endpoint.parse(f"connect:tcp://127.0.0.1:{tap_port}")], keys, self._recent_of
        )
        self.run = 1
        self.sent = 0
        self._seq = 0

    def _recent_of(self, stream: StreamId) -> Sequence[AccessUnit]:
        return self._recent.snapshot() if stream == self.stream else ()

    def publish_next(self) -> None:
        """The next unit, captured now."""
        number = self.sent
        played = self._units[number % len(self._units)]
        place = self._seq
        if played.reordered:
            # Its place among those that are shown, not among those that come.
            place += played.pts90 * self._fps // 90_000 - played.seq
        unit = replace(
            played,
            run=self.run,
            seq=self._seq,
            pts90=place * 90_000 // self._fps,
            utc_ns=time.time_ns(),
        )
        self._seq += 1
        self.sent += 1
        self._recent.append(unit)
        self.publisher.publish(unit)

    def lose_next(self) -> None:
        """The next unit never reaches the tap."""
        self._seq += 1
        self.sent += 1

    def reconnect(self, units: Sequence[AccessUnit] | None = None) -> None:
        """Begin a new run, at the start of the recording or of another one."""
        self._units = units or self._units
        self.run += 1
        self._seq = 0
        self.sent = 0

    async def play(self) -> None:
        """Publish at the camera's rate until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self.publish_next()
            due += 1 / self._fps
            await asyncio.sleep(max(0.0, due - loop.time()))


class Bursts(Camera):
    """A camera that sends a picture as soon as it is coded, and at once the B-frames shown before it."""

    async def play(self) -> None:
        loop = asyncio.get_running_loop()
        begun, first = loop.time(), self._seq
        while True:
            unit = self._units[self.sent % len(self._units)]
            place = self._seq + unit.pts90 * self._fps // 90_000 - unit.seq
            await asyncio.sleep(max(0.0, begun + (place - first) / self._fps - loop.time()))
            self.publish_next()


@asynccontextmanager
async def playing(camera: Camera, *, head_start: int = 0) -> AsyncIterator[Camera]:
    """The camera playing in the background; `head_start` units are already in its past."""
    await camera.publisher.start()
    for _ in range(head_start):
        camera.publish_next()
    task = asyncio.create_task(camera.play())
    try:
        yield camera
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await camera.publisher.close()


class Mux:
    """A running mux and the control_room's key to make tickets for it."""

    def __init__(self, signer: TicketSigner, settings: MuxSettings, tap_port: int) -> None:
        self.signer = signer
        self.lessor = Lessor(signer)
        self.settings = settings
        self.tap_port = tap_port
        self.base = f"http://127.0.0.1:{settings.http_port}"

    def ticket(
        self,
        stream: StreamId = STREAM,
        *,
        action: Action = Action.LIVE,
        session: str = "session-1",
        valid_s: int = 60,
    ) -> str:
        until_s = int(time.time()) + valid_s
        return self.lessor.sign(Ticket(secrets.token_hex(8), "p-1", session, action, str(stream), until_s))

    def wall_ticket(self, *cameras: str, session: str = "session-1", valid_s: int = 60) -> str:
        """A ticket for a wall of these cameras, `commune/camera` each."""
        until_s = int(time.time()) + valid_s
        id = secrets.token_hex(8)
        return self.lessor.sign(
            Ticket(id, "p-1", session, Action.WALL, WALL_RESOURCE, until_s, cameras=cameras)
        )

    def status_ticket(self) -> str:
        """A ticket to ask who watches, as control_room makes them."""
        until_s = int(time.time()) + 60
        return self.signer.sign(
            Ticket(secrets.token_hex(8), "p-1", "session-1", Action.STATUS, "viewers", until_s)
        )

    def url(self, stream: StreamId = STREAM) -> str:
        return f"{self.base}/whep/{stream}"

    async def ask(
        self, offer: str, *, stream: StreamId = STREAM, ticket: str | None = None
    ) -> httpx.Response:
        """POST an offer."""
        headers = {
            "Content-Type": "application/sdp",
            "Authorization": f"Bearer {ticket or self.ticket(stream)}",
            "Origin": ORIGIN,
        }
        async with local_client() as client:
            return await client.post(self.url(stream), content=offer, headers=headers)

    async def delete(self, location: str) -> httpx.Response:
        async with local_client() as client:
            return await client.delete(self.base + location)

    async def metric(self, name: str) -> float:
        """The value of a metric without labels, of this process."""
        async with local_client() as client:
            answer = await client.get(f"http://127.0.0.1:{self.settings.status_port}/metrics")
        for line in answer.text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        return 0.0


def make_key(folder: Path) -> tuple[TicketSigner, Path]:
    """A signer and the file of its public key."""
    key = Ed25519PrivateKey.generate()
    file = folder / "ticket.pub.pem"
    file.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return TicketSigner.from_pem(pem), file


@asynccontextmanager
async def running_mux(
    folder: Path, *, make_transport: type[UdpTransport] = UdpTransport, **settings: object
) -> AsyncIterator[Mux]:
    """A mux in this process, on free ports."""
    signer, key_file = make_key(folder)
    tap_port = free_port()
    chosen = {
        "http_port": free_port(),
        "status_port": free_port(),
        "udp_port": 0,
        "udp_host": "127.0.0.1",
        "tap_endpoints": f"bind:tcp://127.0.0.1:{tap_port}",
        "ticket_public_key_file": key_file,
        "allowed_origins": ORIGIN,
        **settings,
    }
    ready = MuxSettings.model_validate(chosen)
    service: Service = await build_with(ready, make_transport)
    task = asyncio.create_task(service.run())
    try:
        mux = Mux(signer, ready, tap_port)
        await asyncio.to_thread(mux.lessor.tell, mux.base)
        with Renewing(mux.lessor, mux.base):
            yield mux
    finally:
        service.stopping.set()
        await task
