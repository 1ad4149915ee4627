"""The composition root: builds the control room from its settings, one function a room."""

from dataclasses import dataclass
from pathlib import Path

from control_room.access.gate import Gate
from control_room.access.lease_client import LeaseClient
from control_room.access.lessor import LeasePort, Lessor
from control_room.access.room import Access
from control_room.access.service_tickets import ServiceTickets
from control_room.access.ticketing import Ticketing
from control_room.db.engine import Database
from control_room.evidence.clerk import Clerk
from control_room.evidence.ledger_watch import LedgerWatch
from control_room.evidence.orders import Orders
from control_room.evidence.refusals import Refusals
from control_room.evidence.room import DeskRules, Evidence
from control_room.evidence.storage_client import StorageClient
from control_room.health import Health
from control_room.http.app import serving_app
from control_room.http.rooms import Rooms
from control_room.identity.administrator import bootstrap
from control_room.identity.devices import Devices
from control_room.identity.passwords import Passwords
from control_room.identity.room import Identity
from control_room.identity.sessions import Sessions
from control_room.identity.spare_bus import SpareBus
from control_room.identity.throttle import Throttle
from control_room.journal.check import Checking
from control_room.journal.check_process import CheckJournal, CheckProcess
from control_room.journal.eraser import Eraser
from control_room.journal.room import JournalRoom
from control_room.journal.signer import Signer
from control_room.journal.witness_file import WitnessFile
from control_room.live.ice import IceServers
from control_room.live.mux_client import MuxClient
from control_room.live.muxes import Muxes, MuxPlace
from control_room.live.room import Live
from control_room.model.names import Names, token_hash
from control_room.settings import ControlRoomSettings, listed
from control_room.territory.addresses import AddressPolicy
from control_room.territory.room import Territory
from control_room.territory.states import States
from control_room.territory.vault import Vault
from control_room.territory.wanted import Wanted
from shared.asgi import serve_asgi
from shared.bus import Bus
from shared.clock import Clock
from shared.errors import BadInput
from shared.evidence.signature import EvidenceKey
from shared.leases import LeaseSigner
from shared.log import get_logger
from shared.places import listed_places, own_service
from shared.redis_bus import RedisBus
from shared.service import Service
from shared.settings import load
from shared.tickets import TicketSigner

_LOG = "control_room"


@dataclass(frozen=True, slots=True)
class Ports:
    """What the rooms stand on: the world outside, and what signs for it."""

    db: Database
    bus: Bus
    clock: Clock
    names: Names
    signer: TicketSigner
    storage: StorageClient
    muxes: MuxClient
    leases: LeasePort
    journal_key: EvidenceKey
    check: CheckJournal


async def build() -> Service:
    """The service, listening and supervised, as the environment says."""
    settings = load(ControlRoomSettings)
    service = Service("control_room", status_port=settings.status_port)
    bus = redis_bus(settings)
    service.on_stop(bus.close)
    await serve(service, settings, bus)
    return service


def redis_bus(settings: ControlRoomSettings) -> RedisBus:
    """The bus the settings name; it connects when it is first used."""
    return RedisBus(settings.redis_url.get_secret_value())


async def serve(service: Service, settings: ControlRoomSettings, bus: Bus) -> int:
    """Put the control room into `service`; the HTTP port it got."""
    names = Names()
    db = Database(settings.database_url.get_secret_value())
    signer = _signer(settings.ticket_private_key_file)
    tickets = ServiceTickets(signer, service.clock, names)
    storage = StorageClient(settings.storage_internal_url, tickets)
    mux_client = MuxClient(tickets)
    leases = LeaseClient()
    journal_key = _journal_key(settings.journal_key_file)
    check = CheckProcess(
        Checking(settings.database_url.get_secret_value(), journal_key.public.pem().decode())
    )
    ports = Ports(db, bus, service.clock, names, signer, storage, mux_client, leases, journal_key, check)
    rooms = assemble(settings, ports)
    # Nothing is opened before every setting was found good.
    service.on_stop(db.close)
    service.on_stop(storage.close)
    service.on_stop(mux_client.close)
    service.on_stop(leases.close)
    service.on_stop(rooms.identity.passwords.close)
    await db.prepare()
    await bootstrap(rooms.identity, settings.bootstrap_login, settings.bootstrap_password, get_logger(_LOG))
    _supervise(service, rooms, _health(db, bus, rooms))
    _keep_journal(service, settings, ports)
    app = serving_app(rooms, settings.web_dir)
    return await serve_asgi(
        service, app, settings.http_host, settings.http_port, trusted_proxies=settings.trusted_proxies
    )


def _health(db: Database, bus: Bus, rooms: Rooms) -> Health:
    return Health(db, bus, rooms.live.muxes, rooms.territory.states, rooms.evidence.orders)


def _supervise(service: Service, rooms: Rooms, health: Health) -> None:
    service.check("database", lambda: health.database)
    service.check("redis", lambda: health.redis)
    service.supervise("health", health.run)
    service.supervise("muxes", rooms.live.muxes.run)
    service.supervise("leases", rooms.access.lessor.run)
    service.supervise("orders", rooms.evidence.orders.run)
    service.supervise("desk", rooms.evidence.clerk.run)


def _keep_journal(service: Service, settings: ControlRoomSettings, ports: Ports) -> None:
    signer = Signer(ports.db, ports.journal_key, ports.clock, ports.names)
    eraser = Eraser(ports.db, ports.clock, settings.journal_years)
    service.check("journal", lambda: signer.trouble or eraser.trouble)
    service.supervise("journal", signer.run)
    service.supervise("journal's years", eraser.run)
    if settings.journal_witness_file is not None:
        witness = WitnessFile(ports.db, settings.journal_witness_file, ports.clock)
        service.check("journal's witness", lambda: witness.trouble)
        service.supervise("journal's witness", witness.run)


def assemble(settings: ControlRoomSettings, ports: Ports) -> Rooms:
    """The rooms out of what they stand on."""
    access = _access(settings, ports)
    return Rooms(
        access=access,
        identity=_identity(settings, ports, access),
        territory=_territory(settings, ports, access),
        live=_live(settings, ports, access),
        evidence=_evidence(settings, ports, access),
        journal=JournalRoom(access, ports.check, ports.journal_key.public.pem().decode()),
        secure_cookie=not settings.demo,
    )


def _access(settings: ControlRoomSettings, ports: Ports) -> Access:
    told = [settings.storage_internal_url.rstrip("/"), *(internal for _, internal in settings.mux_places)]
    return Access(
        db=ports.db,
        clock=ports.clock,
        names=ports.names,
        gate=Gate(ports.db, ports.clock),
        ticketing=Ticketing(ports.signer, ports.clock, ports.names),
        lessor=Lessor(
            ports.db,
            LeaseSigner(ports.signer.key),
            ports.leases,
            ports.clock,
            get_logger(_LOG),
            told,
            settings.session_idle_s,
        ),
    )


def _identity(settings: ControlRoomSettings, ports: Ports, access: Access) -> Identity:
    idle_s, absolute_s = settings.session_idle_s, settings.session_absolute_s
    return Identity(
        access=access,
        passwords=Passwords(demo=settings.demo),
        sessions=Sessions(ports.db, ports.clock, ports.names, idle_s=idle_s, absolute_s=absolute_s),
        throttle=Throttle(SpareBus(ports.bus, ports.clock), ports.clock),
        devices=Devices(settings.secret_key.get_secret_value(), ports.clock, ports.names),
        recorder_token_hash=token_hash(settings.recorder_token.get_secret_value()),
    )


def _territory(settings: ControlRoomSettings, ports: Ports, access: Access) -> Territory:
    vault = Vault(settings.secret_key.get_secret_value())
    return Territory(
        access=access,
        addresses=address_policy(settings),
        vault=vault,
        states=States(ports.clock),
        wanted=Wanted(ports.db, vault),
    )


def _live(settings: ControlRoomSettings, ports: Ports, access: Access) -> Live:
    places = [MuxPlace(*place) for place in settings.mux_places]
    return Live(
        access=access,
        muxes=Muxes(places, ports.muxes, get_logger(_LOG)),
        mux_client=ports.muxes,
        ice=ice_servers(settings, ports.clock),
    )


def _evidence(settings: ControlRoomSettings, ports: Ports, access: Access) -> Evidence:
    return Evidence(
        access=access,
        orders=Orders(ports.db, ports.storage),
        clerk=Clerk(ports.db, ports.clock, settings.collect_days),
        storage=ports.storage,
        refusals=Refusals(ports.clock),
        ledger=LedgerWatch(),
        storage_url=settings.storage_url.rstrip("/"),
        rules=DeskRules(settings.direct_exports, settings.collect_days, settings.hold_review_days),
    )


def address_policy(settings: ControlRoomSettings) -> AddressPolicy:
    """What cameras may not be: this platform's own services."""
    urls = (
        *(url for place in settings.mux_places for url in place),
        settings.storage_url,
        settings.storage_internal_url,
        settings.redis_url.get_secret_value(),
        settings.database_url.get_secret_value(),
        f"http://{settings.http_host}:{settings.http_port}",
        f"http://127.0.0.1:{settings.status_port}",
    )
    own = [place for place in map(own_service, urls) if place is not None]
    own += listed_places(settings.own_places)
    return AddressPolicy(own, allow_loopback=settings.allow_loopback)


def ice_servers(settings: ControlRoomSettings, clock: Clock) -> IceServers:
    """What browsers are told of STUN and TURN."""
    secret = settings.turn_secret.get_secret_value() if settings.turn_secret is not None else ""
    return IceServers(listed(settings.stun_urls), listed(settings.turn_urls), secret, clock)


def _journal_key(path: Path) -> EvidenceKey:
    try:
        return EvidenceKey.from_pem(path.read_bytes())
    except OSError as error:
        raise BadInput(f"BEFFROI_JOURNAL_KEY_FILE {path} cannot be read: {error.strerror}") from error


def _signer(path: Path) -> TicketSigner:
    try:
        return TicketSigner.from_pem(path.read_bytes())
    except OSError as error:
        raise BadInput(f"BEFFROI_TICKET_PRIVATE_KEY_FILE {path} cannot be read: {error.strerror}") from error
