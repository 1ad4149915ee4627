"""Composition root of an ingest worker."""

from collections.abc import Sequence
from random import Random

import httpx

from ingest.addresses import AddressRules
from ingest.decoding.checks import DecodeChecks
from ingest.decoding.process import ChildDecoder
from ingest.ffmpeg.opener import AvOpener
from ingest.fleet import Fleet
from ingest.journal_witness import JournalWitness
from ingest.logins import LoginGate
from ingest.meters import Meters
from ingest.openers import ChosenOpener
from ingest.ports import Pace
from ingest.reports import Reporter
from ingest.rtsp.core import core_of
from ingest.rtsp.opener import RtspOpener
from ingest.runs import RunNumbers
from ingest.settings import IngestSettings
from ingest.stream_hub import StreamHub
from ingest.wanted import WantedCache, WantedPoller
from shared.clock import SystemClock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import get_logger
from shared.messages.ingest import TAP_KEY_HEADER, CameraOpener
from shared.places import HostPort, listed_places, own_service
from shared.private import close_to_others
from shared.service import Service
from shared.settings import load
from shared.tap import Endpoint, TapKeys, TapPublisher, TapSetup, open_tap

_HTTP_TIMEOUT_S = 5.0


async def build(commune: str | None) -> Service:
    """The worker of a commune, ready to run. Raises BadInput where settings do not let it."""
    settings = load(IngestSettings)
    commune = commune or settings.commune
    if not commune:
        raise BadInput("no commune is given: use --commune or BEFFROI_COMMUNE")
    # Only to refuse, early, a code that no stream can have.
    StreamId(commune, "any")
    clock = SystemClock()
    service = Service(
        "ingest", status_port=settings.status_port, status_host=settings.status_host, clock=clock
    )
    folder = settings.data_dir / "ingest" / commune
    close_to_others(folder)
    cache = WantedCache(folder / "cameras", settings.cache_key.get_secret_value())
    setup = TapSetup.read(
        settings.tap_endpoints, settings.tap_key_file, server_key_file=settings.tap_server_key_file
    )
    client = httpx.AsyncClient(
        base_url=settings.control_url,
        headers=_headers(settings, setup.keys),
        timeout=_HTTP_TIMEOUT_S,
    )
    service.on_stop(client.aclose)
    hub = StreamHub()
    tap = TapPublisher(setup.endpoints, setup.keys, hub.recent)
    hub.connect(tap.publish, tap.publish_batch)
    await open_tap(tap, service)

    rules = AddressRules(_own_places(settings, setup.endpoints), allow_loopback=settings.allow_loopback)
    own = RtspOpener(rules, clock, core=core_of(settings.ingest_core, get_logger("ingest.service")))
    chosen = ChosenOpener({CameraOpener.OWN: own, CameraOpener.AV: AvOpener(rules, clock)})
    checks = DecodeChecks(ChildDecoder(), lambda stream, reason: fleet.judge(stream, reason), clock)
    hub.checked(checks.take, checks.take_batch)
    reporter = Reporter(client, lambda: fleet.reports())
    fleet = Fleet(
        commune,
        opener=LoginGate(chosen, clock, Random(), at_once=settings.connects_at_once),
        hub=hub,
        runs=RunNumbers(folder / "last-run", clock),
        meters=Meters(),
        clock=clock,
        random=Random(),
        changed=reporter.changed,
        asked=tap.wanted,
        forgotten=checks.forget,
        pace=lambda stream: pace_of(tap, stream),
    )
    tap.tell(fleet.keep_pace)
    service.on_stop(fleet.close)
    poller = WantedPoller(client, commune, cache, lambda wanted: fleet.apply(wanted.cameras), clock)
    witness = JournalWitness(client, folder, clock)
    service.check("journal", lambda: witness.trouble)
    service.supervise("journal's witness", witness.run)
    service.check("control_room", lambda: poller.trouble or reporter.trouble)
    service.supervise("wanted cameras", poller.run)
    service.supervise("reports", reporter.run)
    service.supervise("asked streams", fleet.follow)
    service.supervise("decode checks", checks.run)
    return service


def pace_of(tap: TapPublisher, stream: StreamId) -> Pace:
    """How long those who read a stream from the tap can wait."""
    if tap.wanted_at_once(stream):
        return Pace.AT_ONCE
    return Pace.SOON if tap.wanted(stream) else Pace.LATER


def _headers(settings: IngestSettings, keys: TapKeys | None) -> dict[str, str]:
    """Who asks; with the public tap key, which control_room ends with the credential."""
    headers = {"Authorization": f"Bearer {settings.worker_token.get_secret_value()}"}
    return headers if keys is None else headers | {TAP_KEY_HEADER: keys.public.decode()}


def _own_places(settings: IngestSettings, endpoints: Sequence[Endpoint]) -> list[HostPort]:
    """What no camera may be: the services this worker talks to, its own port, and what the settings name."""
    urls = (
        settings.control_url,
        f"http://127.0.0.1:{settings.status_port}",
        *(endpoint.address for endpoint in endpoints),
    )
    return [place for place in map(own_service, urls) if place] + listed_places(settings.own_places)
