"""Puts mux together: the one place that knows all its parts."""

import asyncio
import gc
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from mux.counts import Counts
from mux.fanout.pacer import Pacer
from mux.observe.lag import Lag
from mux.observe.metrics import MuxMetrics
from mux.observe.stream_metrics import StreamMetrics
from mux.rtp.picture import picture_of
from mux.sessions.adaptation import PlayoutBounds
from mux.sessions.admission import Admission
from mux.sessions.senders import Senders
from mux.sessions.session_registry import SessionRegistry
from mux.settings import MuxSettings
from mux.streams.channel import Channel
from mux.streams.channels import Channels
from mux.streams.timeline import Timeline
from mux.streams.transcoded import Transcoded
from mux.streams.transcoder.spare import Spare
from mux.streams.transcoder.transcoders import Transcoders
from mux.ticker import Ticker
from mux.transport.core import Core, CoreChoice, core_of
from mux.transport.dtls import DtlsEndpoint
from mux.transport.udp import UdpTransport, resolve_host
from mux.whep.routes import make_app
from mux.whep.turnstile import Turnstile
from mux.whep.walls import Walls
from shared.asgi import serve_asgi
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.leases import Leases
from shared.log import Logger, Trouble, get_logger
from shared.service import Service
from shared.settings import load
from shared.tap import TapSetup, TapSubscriber, open_tap
from shared.tickets import TicketVerifier
from shared.transcoding.limits import Limits
from shared.transcoding.process import ChildProcess
from shared.units import Codec

_COLLECTION_THRESHOLD = 20_000
_EVERY_BROWSER = frozenset((Codec.H264,))


async def build() -> Service:
    """The service as the environment wants it."""
    return await build_with(load(MuxSettings))


@dataclass(frozen=True, slots=True)
class _Process:
    """What the rooms of this process have in common."""

    settings: MuxSettings
    service: Service
    clock: Clock
    log: Logger
    counts: Counts
    metrics: MuxMetrics
    leases: Leases
    loop: asyncio.AbstractEventLoop
    random: Random


@dataclass(frozen=True, slots=True)
class _Sending:
    """How packets leave: the socket with what seals for it, and who lets out what waits."""

    transport: UdpTransport
    core: Core | None
    pacer: Pacer


@dataclass(frozen=True, slots=True)
class _Streams:
    """The streams that are watched, and what makes others of them."""

    channels: Channels
    transcoders: Transcoders
    spare: Spare

    async def close(self) -> None:
        """Leave all streams, and end their transcoders."""
        self.channels.close()
        await self.transcoders.close()
        await self.spare.close()


async def build_with(settings: MuxSettings, make_transport: type[UdpTransport] = UdpTransport) -> Service:
    """The service of these settings, its ports open. Raises BadInput or Unavailable in one sentence.

    `make_transport` is the socket's class: a test's may lose packets.
    """
    service = Service("mux", status_port=settings.status_port)
    clock, counts = service.clock, Counts()
    verifier = TicketVerifier.from_pem(_ticket_key(settings.ticket_public_key_file), clock)
    process = _Process(
        settings=settings,
        service=service,
        clock=clock,
        log=get_logger("mux"),
        counts=counts,
        metrics=MuxMetrics(counts),
        leases=Leases(verifier.key, clock),
        loop=asyncio.get_running_loop(),
        random=Random(),
    )
    tap = await _tap(process)
    sending = _sending(process, make_transport)
    streams = _streams(process, tap, sending)
    admission = _admission(process, sending, streams)
    registry = _sessions(process, sending, streams, admission)

    async def close() -> None:
        registry.stop()
        await streams.close()
        sending.transport.close()

    service.on_stop(close)
    port = await _serve(process, verifier, streams.channels, admission, registry)
    _announce(process, sending, port)
    _spare_collections()
    return service


async def _tap(process: _Process) -> TapSubscriber:
    """Where streams come from."""
    settings = process.settings
    setup = TapSetup.read(
        settings.tap_endpoints,
        settings.tap_key_file,
        server_key_file=settings.tap_server_key_file,
        peers_dir=settings.tap_peers_dir,
    )
    tap = TapSubscriber(setup.endpoints, setup.keys, process.clock, process.leases.publishes)
    await open_tap(tap, process.service)
    return tap


def _sending(process: _Process, make_transport: type[UdpTransport]) -> _Sending:
    """The rooms `mux.transport` and `mux.fanout`."""
    settings = process.settings
    core = core_of(settings.mux_core, process.log)
    process.metrics.core_compiled(core is not None)
    transport = make_transport(
        resolve_host(settings.udp_host),
        settings.udp_port,
        counts=process.counts,
        trouble=Trouble(process.log, "udp-trouble", process.clock),
        segmentation=settings.udp_segmentation,
        core=core,
    )
    return _Sending(transport, core, Pacer(process.loop.call_later, process.clock.monotonic_ns))


def _streams(process: _Process, tap: TapSubscriber, sending: _Sending) -> _Streams:
    """The room `mux.streams`."""
    settings, clock, counts, metrics = process.settings, process.clock, process.counts, process.metrics
    transport = sending.transport
    make_picture = picture_of if sending.core is None else sending.core.cutter().picture_of
    spare = _spare(settings, clock)
    transcoders = Transcoders(settings.most_transcoders, spare.take, clock, counts, process.random)
    metrics.watch_transcoders(lambda: len(transcoders))

    channel = partial(
        Channel,
        transport=transport,
        pacer=sending.pacer,
        clock=clock,
        counts=counts,
        sent=metrics.first_sent,
        make_picture=make_picture,
    )

    def make_channel(stream: StreamId, changed: Callable[[Channel], None]) -> Channel:
        def learned(channel: Channel) -> None:
            if settings.most_transcoders and not channel.suits(_EVERY_BROWSER):
                spare.keep()
            changed(channel)

        return channel(stream, changed=learned)

    def transcoded(source: Channel) -> Transcoded:
        made = channel(source.stream, changed=lambda _: None, timeline=Timeline(hurries=True))
        return Transcoded(source, transcoders, made, clock)

    tap.woken(transport.look_soon)
    channels = Channels(tap.subscribe, make_channel, clock, process.loop.call_later, transcoded)
    return _Streams(channels, transcoders, spare)


def _admission(process: _Process, sending: _Sending, streams: _Streams) -> Admission:
    """How the room `mux.sessions` lets viewers in."""
    return Admission(
        public=sending.transport.address,
        dtls=DtlsEndpoint(),
        channels=streams.channels,
        clock=process.clock,
        random=process.random,
        secret=secrets.token_hex,
        bounds=_playout_bounds(process.settings),
        counts=process.counts,
    )


def _sessions(
    process: _Process, sending: _Sending, streams: _Streams, admission: Admission
) -> SessionRegistry:
    """The room `mux.sessions`, which is told of each datagram from here on."""
    metrics, leases, transport = process.metrics, process.leases, sending.transport
    metrics.watch_rights(lambda: leases.confirmed)
    registry = SessionRegistry(
        transport=transport,
        leases=leases,
        admission=admission,
        channels=streams.channels,
        senders=Senders(transport, sending.pacer, process.counts, process.random),
        counts=process.counts,
        trouble=Trouble(process.log, "datagram-refused", process.clock),
        clock=process.clock,
        soon=process.loop.call_soon,
        later=process.loop.call_later,
        most_viewers=process.settings.most_viewers,
        ended=metrics.ended,
    )
    transport.listen(registry.received, process.clock)
    return registry


async def _serve(
    process: _Process,
    verifier: TicketVerifier,
    channels: Channels,
    admission: Admission,
    registry: SessionRegistry,
) -> int:
    """The rooms `mux.observe` and `mux.whep`, and what is due by the clock; the port of HTTP."""
    settings, service, clock = process.settings, process.service, process.clock
    lag, stream_metrics = Lag(), StreamMetrics()
    ticker = Ticker(registry, channels, process.metrics, stream_metrics, lag, clock)
    service.supervise("ticks", ticker.run)
    service.check("event loop", ticker.late)
    walls = Walls(registry, admission, stream_metrics, lag, clock)
    app = make_app(registry, walls, verifier, settings.origins)
    return await serve_asgi(service, Turnstile(app), settings.http_host, settings.http_port)


def _announce(process: _Process, sending: _Sending, port: int) -> None:
    core, transport = sending.core, sending.transport
    process.log.info(
        "mux-listening",
        http=f"{process.settings.http_host}:{port}",
        media=f"{transport.address[0]}:{transport.address[1]}/udp",
        segmentation=transport.segmentation,
        core=CoreChoice.PYTHON if core is None else CoreChoice.COMPILED,
        sealing="cryptography" if core is None else core.sealing,
    )


def _spare(settings: MuxSettings, clock: Clock) -> Spare:
    limits = Limits(settings.transcoded_longest_side, settings.transcoded_fps, settings.transcoded_kbps)
    return Spare(lambda: ChildProcess.spawn(limits), clock)


def _spare_collections() -> None:
    """Make the search for cycles rare. Objects of a picture die by their reference counts, and to search
    modules and viewers for cycles every few pictures costs a fifth of all CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTION_THRESHOLD, 50, 100)


def _playout_bounds(settings: MuxSettings) -> PlayoutBounds:
    if settings.playout_least_ms > settings.playout_most_ms:
        raise BadInput("BEFFROI_PLAYOUT_LEAST_MS is more than BEFFROI_PLAYOUT_MOST_MS")
    return PlayoutBounds(settings.playout_least_ms, settings.playout_most_ms)


def _ticket_key(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"BEFFROI_TICKET_PUBLIC_KEY_FILE {file} cannot be read: {error.strerror}") from error
