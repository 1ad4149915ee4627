"""The composition root: builds the control room from its settings."""

from pathlib import Path

from control_room.access.gate import Gate
from control_room.access.lease_client import LeaseClient
from control_room.access.lessor import LeasePort, Lessor
from control_room.access.ticketing import Ticketing
from control_room.counters import Counters
from control_room.db.engine import Database
from control_room.desk import Desk
from control_room.evidence.orders import Orders
from control_room.evidence.storage_client import StorageClient
from control_room.health import Health
from control_room.http.app import serving_app
from control_room.identity.administrator import bootstrap
from control_room.identity.devices import Devices
from control_room.identity.passwords import Passwords
from control_room.identity.sessions import Sessions
from control_room.identity.spare_bus import SpareBus
from control_room.identity.throttle import Throttle
from control_room.live.ice import IceServers
from control_room.live.mux_client import MuxClient
from control_room.live.muxes import Muxes, MuxPlace
from control_room.model.names import Names, token_hash
from control_room.settings import ControlRoomSettings, listed
from control_room.territory.addresses import AddressPolicy
from control_room.territory.states import States
from control_room.territory.vault import Vault
from control_room.territory.wanted import Wanted
from shared.asgi import serve_asgi
from shared.bus import Bus
from shared.clock import Clock
from shared.errors import BadInput
from shared.leases import LeaseSigner
from shared.log import get_logger
from shared.places import listed_places, own_service
from shared.redis_bus import RedisBus
from shared.service import Service
from shared.settings import load
from shared.tickets import TicketSigner


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
    ticketing = Ticketing(signer, service.clock, names)
    storage = StorageClient(settings.storage_internal_url, ticketing)
    mux_client = MuxClient(ticketing)
    leases = LeaseClient()
    desk = assemble(settings, db, bus, service.clock, names, signer, ticketing, storage, mux_client, leases)
    # Nothing is opened before every setting was found good.
    service.on_stop(db.close)
    service.on_stop(storage.close)
    service.on_stop(mux_client.close)
    service.on_stop(leases.close)
    service.on_stop(desk.passwords.close)
    await db.prepare()
    await bootstrap(desk, settings.bootstrap_login, settings.bootstrap_password)
    health = Health(desk, bus)
    service.check("database", lambda: health.database)
    service.check("redis", lambda: health.redis)
    service.supervise("health", health.run)
    service.supervise("muxes", desk.muxes.run)
    service.supervise("leases", desk.lessor.run)
    service.supervise("orders", desk.orders.run)
    app = serving_app(desk, settings.web_dir)
    return await serve_asgi(
        service, app, settings.http_host, settings.http_port, trusted_proxies=settings.trusted_proxies
    )


def assemble(
    settings: ControlRoomSettings,
    db: Database,
    bus: Bus,
    clock: Clock,
    names: Names,
    signer: TicketSigner,
    ticketing: Ticketing,
    storage: StorageClient,
    mux_client: MuxClient,
    leases: LeasePort,
) -> Desk:
    """The desk out of its ports."""
    counters = Counters()
    places = [MuxPlace(*place) for place in settings.mux_places]
    log = get_logger("control_room")
    vault = Vault(settings.secret_key.get_secret_value())
    return Desk(
        db=db,
        gate=Gate(db, clock, counters),
        counters=counters,
        clock=clock,
        names=names,
        vault=vault,
        passwords=Passwords(demo=settings.demo),
        sessions=Sessions(
            db, clock, names, idle_s=settings.session_idle_s, absolute_s=settings.session_absolute_s
        ),
        throttle=Throttle(SpareBus(bus, clock), clock),
        devices=Devices(settings.secret_key.get_secret_value(), clock, names),
        ticketing=ticketing,
        states=States(clock),
        wanted=Wanted(db, vault),
        orders=Orders(db, storage),
        lessor=Lessor(
            db,
            LeaseSigner(signer.key),
            leases,
            clock,
            log,
            [settings.storage_internal_url.rstrip("/"), *(place.internal_url for place in places)],
            settings.session_idle_s,
        ),
        storage=storage,
        addresses=address_policy(settings),
        muxes=Muxes(places, mux_client, log),
        mux_client=mux_client,
        ice=ice_servers(settings, clock),
        storage_url=settings.storage_url.rstrip("/"),
        recorder_token_hash=token_hash(settings.recorder_token.get_secret_value()),
        secure_cookie=not settings.demo,
        log=log,
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


def _signer(path: Path) -> TicketSigner:
    try:
        return TicketSigner.from_pem(path.read_bytes())
    except OSError as error:
        raise BadInput(f"BEFFROI_TICKET_PRIVATE_KEY_FILE {path} cannot be read: {error.strerror}") from error
