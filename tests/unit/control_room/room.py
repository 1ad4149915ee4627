"""A whole control room without sockets: memory bus, simulated clock, SQLite, a storage that is told."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from shutil import copyfile

import httpx
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI

from control_room.access.lease_client import LeaseClient
from control_room.access.service_tickets import ServiceTickets
from control_room.db.engine import Database
from control_room.evidence.storage_client import StorageClient
from control_room.http.app import create_app, serving_app
from control_room.http.rooms import Rooms
from control_room.journal.check import checked
from control_room.live.mux_client import MuxClient
from control_room.model.names import Names
from control_room.model.people import Person, Role
from control_room.model.territory import Commune
from control_room.service import Ports, assemble
from control_room.settings import ControlRoomSettings
from shared.bus import Bus, MemoryBus
from shared.clock import SimulatedClock
from shared.errors import BadInput, BeffroiError, Conflict, NotFound, TicketRefused
from shared.evidence.receipt import TYPE, signed_file
from shared.evidence.signature import EvidenceKey
from shared.messages.codec import decode, encode
from shared.messages.desk import HandOver, StreamSurvey, Surveyed, SurveyOrder
from shared.messages.storage import ExportOrder, ExportProgress, ExportStatus, HoldPlaced
from shared.tickets import Action as TicketAction
from shared.tickets import TicketSigner, TicketVerifier

RECORDER_TOKEN = "recorder-token-of-the-tests"
PASSWORD = "a long phrase of the tests"
CAMERA_PASSWORD = "camera-pass-Zq81"
CAMERA_USER = "camera-user-Zq81"
CAMERA_PATH = "hidden-path-Zq81"
LILLE, ROUBAIX = "59350", "59512"
RANGE = {"from": "2026-11-20T21:00:00Z", "to": "2026-11-20T21:15:00.5Z"}
# 2026-11-21 12:00 UTC
NOON_NS = 1_795_262_400_000_000_000
SAME_SITE = {"x-beffroi": "1"}


@dataclass
class FakeStorage:
    """Storage as the control room sees it: answers what it is told to, and keeps what it was asked.

    `tests/contract/test_storage.py` holds it to the real one's promises.
    """

    verifier: TicketVerifier
    away: bool = False
    status: ExportStatus = ExportStatus.RUNNING
    refusal: httpx.Response | None = None
    broken: str = "nothing"
    placed: HoldPlaced = field(default_factory=HoldPlaced)
    footage: StreamSurvey = field(
        default_factory=lambda: StreamSurvey("", 1000, 1.0, ("avc1.42e01f",), (), 0, None, ())
    )
    evidence: EvidenceKey = field(default_factory=lambda: EvidenceKey(Ed25519PrivateKey.generate()))
    proof: bytes | None = None
    asked: list[httpx.Request] = field(default_factory=list)
    orders: dict[str, ExportOrder] = field(default_factory=dict)
    ended: dict[str, ExportStatus] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.broken in request.url.path:
            return httpx.Response(500)
        if self.away:
            raise httpx.ConnectError("connection refused", request=request)
        if self.refusal is not None:
            return self.refusal
        kind, _, name = request.url.path.removeprefix("/").partition("/")
        try:
            self._admit(request, kind, name)
        except TicketRefused as error:
            return _refused(403, error)
        if kind == "holds" and request.method == "PUT":
            return httpx.Response(200, content=encode(self.placed))
        if kind in ("holds", "clock"):
            return httpx.Response(204)
        if kind == "survey":
            streams = decode(SurveyOrder, request.content).streams
            told = Surveyed(tuple(replace(self.footage, stream=stream) for stream in streams))
            return httpx.Response(200, content=encode(told))
        if kind == "proofs":
            if self.proof is None:
                return _refused(404, NotFound("nothing is signed yet"))
            return httpx.Response(200, content=self.proof)
        export, _, what = name.partition("/")
        return self._receipt(request, export) if what else self._export(request, export)

    def _admit(self, request: httpx.Request, kind: str, name: str) -> None:
        token = request.headers["authorization"].removeprefix("Bearer ")
        known = {
            "holds": TicketAction.HOLD,
            "clock": TicketAction.CLOCK,
            "survey": TicketAction.STATUS,
            "proofs": TicketAction.PROOF,
        }
        asking = TicketAction.STATUS if request.method == "GET" else TicketAction.EXPORT
        # A stream's name has parts of its own.
        id = name if kind == "proofs" else name.partition("/")[0]
        self.verifier.verify(token, known.get(kind, asking), f"{kind.removesuffix('s')}:{id}" if id else kind)

    def _receipt(self, request: httpx.Request, name: str) -> httpx.Response:
        given = decode(HandOver, request.content)
        if name not in self.orders:
            return _refused(404, NotFound("there is no such export"))
        if self.status is not ExportStatus.DONE:
            return _refused(409, Conflict("there is no package"))
        told: dict[str, str | int] = {"type": TYPE, "export": name, "recipient": given.name}
        return httpx.Response(200, content=signed_file(told, self.evidence).encode())

    def _export(self, request: httpx.Request, name: str) -> httpx.Response:
        if request.method == "PUT":
            order = decode(ExportOrder, request.content)
            if order.id != name:
                return _refused(400, BadInput("the order has another id than its address"))
            if self.orders.setdefault(name, order) != order:
                return _refused(409, Conflict("another order has this id"))
        elif name not in self.orders:
            return _refused(404, NotFound("there is no such export"))
        if request.method == "DELETE":
            made = self.status is ExportStatus.DONE
            self.ended[name] = ExportStatus.DESTROYED if made else ExportStatus.CANCELLED
        if name in self.ended:
            return httpx.Response(200, content=encode(ExportProgress(name, self.ended[name], 0.5)))
        status = 202 if request.method == "PUT" else 200
        return httpx.Response(status, content=encode(ExportProgress(name, self.status, 0.5, 10, 0.9)))


def _refused(status: int, error: BeffroiError) -> httpx.Response:
    return httpx.Response(status, json={"detail": error.detail})


@dataclass
class FakeMuxes:
    """Muxes as the control room sees them, by host. Those `away` refuse, those `stuck` never answer."""

    viewers: dict[str, int] = field(default_factory=dict)
    most_viewers: int = 500
    watching: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    tickets: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host in self.away:
            raise httpx.ConnectError("connection refused", request=request)
        if host in self.stuck:
            raise httpx.ReadTimeout("no answer", request=request)
        if request.url.path == "/load":
            load = {"viewers": self.viewers.get(host, 0), "most_viewers": self.most_viewers, "sessions": 0}
            return httpx.Response(200, json=load)
        self.tickets.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx.Response(200, json={"viewers": self.watching.get(host, [])})


@dataclass
class Room:
    """The parts a test turns."""

    rooms: Rooms
    db: Database
    bus: Bus
    clock: SimulatedClock
    storage: FakeStorage
    muxes: FakeMuxes
    verifier: TicketVerifier
    transport: httpx.ASGITransport
    journal_key: EvidenceKey

    def anonymous(self) -> httpx.AsyncClient:
        """Somebody's browser, on the page of the service."""
        return httpx.AsyncClient(transport=self.transport, base_url="http://control.test", headers=SAME_SITE)

    def machine(self, token: str) -> httpx.AsyncClient:
        """A worker or the recorder."""
        return httpx.AsyncClient(
            transport=self.transport,
            base_url="http://control.test/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )

    async def person(self, kind: Role, communes: Iterable[str] = (), login: str = "") -> Person:
        """A person with PASSWORD."""
        login = login or f"{kind}{len(self.storage.asked)}{self.rooms.access.names.new('n')[-4:]}"
        made = Person(self.rooms.access.names.new("p"), login, login.title(), kind, frozenset(communes))
        kept = await self.rooms.identity.passwords.hash(PASSWORD)
        async with self.db.write() as tx:
            await tx.people.add(made, kept)
        return made

    async def signed_in(self, kind: Role, *communes: str) -> httpx.AsyncClient:
        """The browser of a new person who has signed in."""
        person = await self.person(kind, communes)
        return await self.sign_in(person.login)

    async def sign_in(self, login: str) -> httpx.AsyncClient:
        """The browser of somebody who has signed in with PASSWORD."""
        client = self.anonymous()
        client.base_url = httpx.URL("http://control.test/api/v1")
        answer = await client.post("/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    async def camera(self, admin: httpx.AsyncClient, commune: str = LILLE, **changes: object) -> str:
        """The id of a new camera with credentials and a valid authorisation."""
        answer = await admin.post("/cameras", json=camera_body(commune) | changes)
        assert answer.status_code == 201, answer.text
        camera_id: str = answer.json()["id"]
        return camera_id

    async def worker(self, admin: httpx.AsyncClient, commune: str = LILLE) -> tuple[str, httpx.AsyncClient]:
        """The id of a new worker credential, and the worker."""
        answer = await admin.post(f"/communes/{commune}/workers", json={"name": "town hall"})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"], self.machine(answer.json()["token"])

    async def journal(self, admin: httpx.AsyncClient, **query: str) -> list[dict[str, str]]:
        """The newest entries."""
        entries: list[dict[str, str]] = (await admin.get("/journal", params=query)).json()["items"]
        return entries


def camera_body(commune: str = LILLE) -> dict[str, object]:
    """A camera as it is created."""
    return {
        "commune": commune,
        "name": "Grand-Place",
        "place": "Vieille Bourse",
        "address": f"rtsp://10.1.4.20:8554/{CAMERA_PATH}",
        "username": CAMERA_USER,
        "password": CAMERA_PASSWORD,
        "authorisation": {
            "number": "2026-0417",
            "granted_on": "2026-03-02",
            "valid_until": "2031-03-01",
            "days": 15,
        },
    }


def requisition_body(*cameras: str, **changes: object) -> dict[str, object]:
    """A requisition as it is entered."""
    return {
        "file": "PV 2026/118-3",
        "article": "60-1",
        "officer": {"name": "A. Martin", "capacity": "opj", "service": "Commissariat de Lille"},
        "cameras": list(cameras),
        "received_by": "C. Dubois",
        "received_at": "2026-11-21T09:00:00Z",
        "motive": "theft with violence",
        **RANGE,
        **changes,
    }


def settings(folder: Path, **more: object) -> ControlRoomSettings:
    """Settings of the tests; nothing is read from the environment that these do not name."""
    chosen = {
        "demo": True,
        "redis_url": "redis://127.0.0.1:6390/0",
        "secret_key": Fernet.generate_key().decode(),
        "ticket_private_key_file": folder / "ticket.pem",
        "journal_key_file": folder / "journal.pem",
        "mux_urls": "https://mux.test",
        "storage_url": "https://storage.test/",
        "storage_internal_url": "http://storage.internal:9000",
        "recorder_token": RECORDER_TOKEN,
        "database_url": f"sqlite+aiosqlite:///{folder}/control_room.db",
        "web_dir": folder / "page",
        "direct_exports": True,
    }
    return ControlRoomSettings.model_validate(chosen | more)


@cache
def made_app() -> FastAPI:
    """The application, made once: one room at a time is in it."""
    return create_app()


@asynccontextmanager
async def open_room(
    folder: Path,
    bus: Bus | None = None,
    template: Path | None = None,
    more: Mapping[str, object] | None = None,
) -> AsyncIterator[Room]:
    """A control room with two communes and nobody in it; `template` is a database with the schema in it.

    `more` are settings.
    """
    clock = SimulatedClock(NOON_NS)
    held = bus or MemoryBus(clock)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    names = Names(Random(7))
    signer = TicketSigner(key)
    tickets = ServiceTickets(signer, clock, names)
    verifier = TicketVerifier.from_pem(public, clock)
    fake = FakeStorage(verifier)
    storage = StorageClient("http://storage.internal:9000", tickets, httpx.MockTransport(fake))
    fakes = FakeMuxes()
    mux_client = MuxClient(tickets, httpx.MockTransport(fakes))
    chosen = settings(folder, **(more or {}))
    db = Database(chosen.database_url.get_secret_value())
    if template is None:
        await db.prepare()
    else:
        copyfile(template, folder / template.name)
    journal_key = EvidenceKey(Ed25519PrivateKey.generate())
    check = partial(checked, db, journal_key.public)
    ports = Ports(db, held, clock, names, signer, storage, mux_client, LeaseClient(), journal_key, check)
    rooms = assemble(chosen, ports)
    async with db.write() as tx:
        await tx.communes.add(Commune(LILLE, "Lille", 236_710, has_csu=True))
        await tx.communes.add(Commune(ROUBAIX, "Roubaix", 98_892, has_csu=False))
    transport = httpx.ASGITransport(serving_app(rooms, chosen.web_dir, made_app()))
    try:
        yield Room(
            rooms,
            db,
            held,
            clock,
            fake,
            fakes,
            TicketVerifier.from_pem(public, clock),
            transport,
            journal_key,
        )
    finally:
        await rooms.identity.passwords.close()
        await storage.close()
        await mux_client.close()
        await db.close()


def body_of(request: httpx.Request) -> dict[str, object]:
    """The JSON a request carried."""
    read: dict[str, object] = json.loads(request.content)
    return read
