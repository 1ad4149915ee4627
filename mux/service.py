"""Puts mux together: the one place that knows all its parts."""

import asyncio
import gc
import secrets
from collections.abc import Callable
from pathlib import Path
from random import Random

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.observe.lag import Lag
from mux.observe.metrics import MuxMetrics
from mux.observe.stream_metrics import StreamMetrics
from mux.sessions.adaptation import PlayoutBounds
from mux.sessions.admission import Admission
from mux.sessions.hub import Hub
from mux.sessions.senders import Senders
from mux.settings import MuxSettings
from mux.streams.channel import Channel
from mux.streams.channels import Channels, Sink
from mux.streams.timeline import Timeline
from mux.streams.transcoded import Transcoded
from mux.streams.transcoder.spare import Spare
from mux.streams.transcoder.transcoders import Transcoders
from mux.ticker import Ticker
from mux.transport.core import CoreChoice, core_of
from mux.transport.dtls import DtlsEndpoint
from mux.transport.udp import UdpWire, resolve_host
from mux.whep.routes import make_app
from mux.whep.turnstile import Turnstile
from mux.whep.walls import Walls
from shared.asgi import serve_asgi
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.leases import Leases
from shared.log import Trouble, get_logger
from shared.service import Service
from shared.settings import load
from shared.tap import Gap, Subscription, TapSetup, TapSubscriber, open_tap
from shared.tickets import TicketVerifier
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from shared.units import AccessUnit, Codec

_COLLECTION_THRESHOLD = 20_000
_EVERY_BROWSER = frozenset((Codec.H264,))


async def build() -> Service:
    """The service as the environment wants it."""
    return await build_with(load(MuxSettings))


async def build_with(settings: MuxSettings, make_wire: type[UdpWire] = UdpWire) -> Service:
    """The service of these settings, its ports open. Raises BadInput or Unavailable in one sentence.

    `make_wire` is the socket's class: a test's may lose packets.
    """
    service = Service("mux", status_port=settings.status_port)
    clock, log, counts = service.clock, get_logger("mux"), Counts()
    mux_metrics = MuxMetrics(counts)
    verifier = TicketVerifier.from_pem(_ticket_key(settings.ticket_public_key_file), clock)
    leases = Leases(verifier.key, service.clock)
    tap = await _tap(settings, service, leases)
    core = core_of(settings.mux_core, log)
    mux_metrics.core_compiled(core is not None)
    wire = make_wire(
        resolve_host(settings.udp_host),
        settings.udp_port,
        counts=counts,
        trouble=Trouble(log, "udp-trouble", clock),
        segmentation=settings.udp_segmentation,
        core=core,
    )
    loop, random, lag, stream_metrics = asyncio.get_running_loop(), Random(), Lag(), StreamMetrics()
    pacer = Pacer(loop.call_later, clock.monotonic_ns)
    spare = _spare(settings, clock)
    transcoders = Transcoders(settings.most_transcoders, spare.take, clock, counts, random)
    mux_metrics.watch_transcoders(lambda: len(transcoders))

    def make_channel(stream: StreamId, changed: Callable[[Channel], None]) -> Channel:
        def learned(channel: Channel) -> None:
            if settings.most_transcoders and not channel.suits(_EVERY_BROWSER):
                spare.keep()
            changed(channel)

        return Channel(stream, wire, pacer, clock, counts, sent=mux_metrics.first_sent, changed=learned)

    def transcoded(source: Channel) -> Transcoded:
        made = Channel(
            source.stream,
            wire,
            pacer,
            clock,
            counts,
            sent=mux_metrics.first_sent,
            changed=lambda _: None,
            timeline=Timeline(hurries=True),
        )
        return Transcoded(source, transcoders, made, clock)

    def subscribe(stream: StreamId, sink: Sink, answering: Callable[[bool], None]) -> Subscription:
        def take(item: AccessUnit | Gap) -> None:
            wire.look_soon()
            sink(item)

        return tap.subscribe(stream, take, answering)

    channels = Channels(
        subscribe,
        make_channel,
        clock,
        loop.call_later,
        transcoded,
    )
    admission = Admission(
        public=wire.address,
        dtls=DtlsEndpoint(),
        channels=channels,
        clock=clock,
        random=random,
        secret=secrets.token_hex,
        bounds=_playout_bounds(settings),
        counts=counts,
    )
    mux_metrics.watch_rights(lambda: leases.confirmed)
    hub = Hub(
        wire=wire,
        leases=leases,
        admission=admission,
        channels=channels,
        senders=Senders(wire, pacer, counts, random),
        counts=counts,
        trouble=Trouble(log, "datagram-refused", clock),
        clock=clock,
        soon=loop.call_soon,
        later=loop.call_later,
        most_viewers=settings.most_viewers,
        ended=mux_metrics.ended,
    )
    wire.listen(hub.received, clock)

    async def close() -> None:
        hub.stop()
        channels.close()
        await transcoders.close()
        await spare.close()
        wire.close()

    service.on_stop(close)
    ticker = Ticker(hub, channels, mux_metrics, stream_metrics, lag, clock)
    service.supervise("ticks", ticker.run)
    service.check("event loop", ticker.late)
    walls = Walls(hub, admission, stream_metrics, lag, clock)
    app = make_app(hub, walls, verifier, settings.origins)
    port = await serve_asgi(service, Turnstile(app), settings.http_host, settings.http_port)
    log.info(
        "mux-listening",
        http=f"{settings.http_host}:{port}",
        media=f"{wire.address[0]}:{wire.address[1]}/udp",
        segmentation=wire.segmentation,
        core=CoreChoice.PYTHON if core is None else CoreChoice.COMPILED,
        sealing="cryptography" if core is None else core.sealing,
    )
    _spare_collections()
    return service


def _spare(settings: MuxSettings, clock: Clock) -> Spare:
    limits = Limits(settings.transcoded_longest_side, settings.transcoded_fps, settings.transcoded_kbps)
    return Spare(lambda: ChildProcess.spawn(limits), clock)


def _spare_collections() -> None:
    """What a picture makes dies by its reference counts. Searching modules and viewers for cycles every few
    pictures is a fifth of all CPU; the cycles of failed requests can wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTION_THRESHOLD, 50, 100)


def _playout_bounds(settings: MuxSettings) -> PlayoutBounds:
    if settings.playout_least_ms > settings.playout_most_ms:
        raise BadInput("BEFFROI_PLAYOUT_LEAST_MS is more than BEFFROI_PLAYOUT_MOST_MS")
    return PlayoutBounds(settings.playout_least_ms, settings.playout_most_ms)


async def _tap(settings: MuxSettings, service: Service, leases: Leases) -> TapSubscriber:
    setup = TapSetup.read(
        settings.tap_endpoints,
        settings.tap_key_file,
        server_key_file=settings.tap_server_key_file,
        peers_dir=settings.tap_peers_dir,
    )
    tap = TapSubscriber(setup.endpoints, setup.keys, service.clock, leases.publishes)
    await open_tap(tap, service)
    return tap


def _ticket_key(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"BEFFROI_TICKET_PUBLIC_KEY_FILE {file} cannot be read: {error.strerror}") from error
