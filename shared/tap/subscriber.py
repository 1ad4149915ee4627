"""The reading side of the tap: mux and storage."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import zmq

from shared import metrics
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.tap.asking import LOOK_EVERY_S, PATIENCE_S, Asked, Asking, Form
from shared.tap.bundle import BUNDLE_TOPIC, bundle_topic, is_bundle, read_bundle
from shared.tap.endpoint import Endpoint
from shared.tap.gathered import Gathered, read_usual
from shared.tap.keys import KnownPeers, TapKeys, may_publish
from shared.tap.pump import Pump
from shared.tap.reassembly import Gap, Reassembly
from shared.tap.wire import HEADER_BYTES, ask_recent, is_gathered, read, read_gathered, reader_topic
from shared.units import AccessUnit

Sink = Callable[[AccessUnit | Gap], None]
Together = Callable[[Gathered], None]
"""Takes units that came together, in the sink's place."""

Answering = Callable[[bool], None]
"""Is told True before the first recent unit of an answer reaches the sink, False behind the last."""


def anybody(_commune: str, _key: str) -> bool:
    """For a tap on which a key in the folder is right enough."""
    return True


def _nothing() -> None:
    """Nobody is to be told."""


def _nobody(_coming: bool) -> None:
    """For readers who begin with the first unit whatever comes behind it."""


class Subscription:
    """One reader's interest in one stream."""

    def __init__(self, subscriber: "TapSubscriber", stream: StreamId) -> None:
        self._subscriber = subscriber
        self.stream = stream
        self.is_open = True
        """Until it is closed; the subscriber alone changes it."""

    def close(self) -> None:
        """Give nothing more to the sink, and stop the stream from being sent here. Twice is no error."""
        self._subscriber.leave(self)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A stream that is subscribed."""

    subscription: Subscription
    reassembly: Reassembly
    asked: Asked


class TapSubscriber:
    """Asks publishers for streams and gives each its units in order. One sink a stream at a time.

    With keys, a commune is heard only while `holds` says so; see `KnownPeers`. Who `may_wait` gets live units
    up to `GATHER_S` and `PATIENCE_S` later, several a message. Units of many streams come in one message from
    a worker that can send them so; see `Asking`.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        keys: TapKeys | None,
        clock: Clock,
        holds: Callable[[str, str], bool] = anybody,
        *,
        may_wait: bool = False,
    ) -> None:
        patience_s = PATIENCE_S if may_wait else 0.0
        self._pump = Pump(zmq.XSUB, endpoints, keys, self._received, clock, patience_s=patience_s)
        checks_origin = keys is not None and keys.peers_dir is not None
        self._peers = KnownPeers(keys, clock, holds) if keys is not None and checks_origin else None
        self._clock = clock
        self._may_wait = may_wait
        self._looking: asyncio.TimerHandle | None = None
        # Public, so that nobody else's answers land here; it guards nothing.
        self._reader = os.urandom(16)
        self._asking = Asking(self._send, self._reader, may_wait=may_wait)
        self._streams: dict[StreamId, _Reading] = {}
        self._by_name: dict[bytes, _Reading] = {}
        # By the stream as headers name it: to look for a StreamId takes longer than to read a header.
        self._woken: Callable[[], None] = _nothing
        self._trouble = Trouble(get_logger("tap"), "tap-message-refused", clock)
        self._sink_trouble = Trouble(get_logger("tap"), "tap-sink-failed", clock)
        self._units = metrics.counter("tap_units_received_total", "Units received from the tap")
        self._untold_units = 0
        self._gaps = metrics.counter("tap_gaps_total", "Holes in what the tap brought")
        self._lost = metrics.counter("tap_units_lost_total", "Units known to be lost in those holes")
        self._bad = metrics.counter("tap_bad_messages_total", "Messages of the tap that could not be read")

    async def start(self) -> None:
        await self._pump.start()
        self._send(b"\x01" + reader_topic(self._reader))
        self._send(b"\x01" + bundle_topic(self._reader))
        for reading in self._streams.values():
            self._asking.again(reading.asked)
        self._look()

    def woken(self, tell: Callable[[], None]) -> None:
        """Call `tell` for each message from now on, before the units in it are given to their sinks."""
        self._woken = tell

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._tell_units()
        for reading in self._streams.values():
            reading.subscription.is_open = False
        self._streams.clear()
        self._by_name.clear()
        await self._pump.close()

    def subscribe(
        self,
        stream: StreamId,
        sink: Sink,
        answering: Answering = _nobody,
        *,
        together: Together | None = None,
    ) -> Subscription:
        """Give `sink` the stream's recent units, then its live ones, in the loop's thread; those that came
        together and are nothing unusual go to `together`, where that is given.

        `answering` is told True when an answer begins and False once when it ends. If the end of an answer is
        lost, the next live unit ends it, however late that comes. A sink that raises loses that unit; the
        fault is logged and other streams go on. Raises ValueError when the stream has a sink already.
        """
        if stream in self._streams:
            raise ValueError(f"{stream} is subscribed already")
        subscription = Subscription(self, stream)

        def emit(item: AccessUnit | Gap) -> None:
            # The sink may close its subscription while held units are still coming out.
            if not subscription.is_open:
                return
            if isinstance(item, Gap):
                self._count(item)
            try:
                sink(item)
            except Exception as error:  # A sink is foreign here: its fault must not stop the other streams.
                self._failed(stream, error)

        def emit_together(several: Gathered) -> None:
            if together is None or not subscription.is_open:
                return
            try:
                together(several)
            except Exception as error:  # As foreign as the sink.
                self._failed(stream, error)

        def answer(coming: bool) -> None:
            if subscription.is_open:
                try:
                    answering(coming)
                except Exception as error:  # As foreign as the sink.
                    self._failed(stream, error)

        reassembly = Reassembly(
            stream, emit, lambda: self._ask(stream), answer, self._clock, together and emit_together
        )
        reading = _Reading(subscription, reassembly, self._asking.begin(stream))
        self._streams[stream] = self._by_name[str(stream).encode()] = reading
        reassembly.start()
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """End a subscription; see `Subscription.close`."""
        if subscription.is_open:
            subscription.is_open = False
            self._tell_units()
            del self._streams[subscription.stream], self._by_name[str(subscription.stream).encode()]
            self._asking.end(subscription.stream)

    def _look(self) -> None:
        self._asking.look()
        self._tell_units()
        self._looking = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    def _send(self, message: bytes) -> None:
        self._pump.send((message,))

    def _failed(self, stream: StreamId, error: Exception) -> None:
        self._sink_trouble.count(f"{stream}: {type(error).__name__}: {error}")

    def _count(self, gap: Gap) -> None:
        self._gaps.inc()
        self._lost.inc(max(0, gap.lost))

    def _ask(self, stream: StreamId) -> None:
        self._send(ask_recent(self._reader, stream))

    def _received(self, frames: list[zmq.Frame]) -> None:
        if len(frames) < 3:
            self._refuse(f"a message of {len(frames)} frames")
            return
        self._woken()
        header = frames[1].bytes
        commune = None if self._peers is None else self._commune(self._peers, frames[1])
        try:
            if is_bundle(header):
                parts, bundled = read_bundle(header, len(frames) - 2), True
            elif len(frames) == 3:
                parts, bundled = [header], frames[0].bytes[:1] == BUNDLE_TOPIC
            else:
                raise BadInput(f"a message of {len(frames)} frames")
        except BadInput as error:
            self._refuse(error.detail)
            return
        for part, data in zip(parts, frames[2:], strict=True):
            self._received_part(commune, part, data.buffer, Form.BUNDLED if bundled else None)

    def _received_part(
        self, commune: str | None, header: bytes, data: memoryview, bundled: Form | None
    ) -> None:
        """Take what one header says, from the worker of a commune: a refusal touches nothing beside it."""
        try:
            if is_gathered(header):
                self._received_several(commune, header, data, bundled or Form.GATHERED)
            else:
                self._received_single(commune, header, data, bundled)
        except BadInput as error:
            self._refuse(error.detail)

    def _received_several(self, commune: str | None, header: bytes, data: memoryview, form: Form) -> None:
        usual = read_usual(header, data)
        units: Sequence[AccessUnit] = read_gathered(header, data) if usual is None else ()
        stream = units[0].stream if usual is None else usual.stream
        if self._peers is not None:
            self._check(commune, stream)
        reading = self._streams.get(stream)
        if reading is None or not self._may_wait:
            return
        self._asking.heard(reading.asked, form)
        if usual is not None:
            self._untold_units += len(usual.sizes)
            reading.reassembly.live_together(usual)
        for unit in units:
            self._untold_units += 1
            reading.reassembly.live(unit)

    def _received_single(
        self, commune: str | None, header: bytes, data: memoryview, bundled: Form | None
    ) -> None:
        unit, recent, last = read(header, bytes(data))
        if self._peers is not None:
            self._check(commune, unit.stream)
        reading = self._by_name.get(header[HEADER_BYTES:])
        if reading is None:
            return
        self._untold_units += 1
        if recent:
            reading.reassembly.recent(unit, last=last)
            return
        asked = reading.asked
        if bundled is asked.least:
            asked.came = True
        elif bundled is not None:
            self._asking.heard(asked, bundled)
        reading.reassembly.live(unit)

    @staticmethod
    def _check(commune: str | None, stream: StreamId) -> None:
        """Raises BadInput where the worker of a commune may not publish a stream."""
        if not may_publish(commune, stream):
            raise BadInput(f"{stream} comes from a worker that has no right to it")

    def _tell_units(self) -> None:
        # Once a second for all: cheaper than telling Prometheus of each.
        self._units.inc(self._untold_units)
        self._untold_units = 0

    @staticmethod
    def _commune(peers: KnownPeers, frame: zmq.Frame) -> str | None:
        public = frame.get("User-Id")
        return peers.commune_of(public) if isinstance(public, str) else None

    def _refuse(self, cause: str) -> None:
        self._bad.inc()
        self._trouble.count(cause)
