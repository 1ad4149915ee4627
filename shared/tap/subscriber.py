"""The reading side of the tap: mux and storage."""

import os
from collections.abc import Callable, Sequence

import zmq

from shared import metrics
from shared.clock import Clock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.log import Trouble, get_logger
from shared.tap.endpoint import Endpoint
from shared.tap.keys import TapKeys, may_publish
from shared.tap.pump import Pump
from shared.tap.reassembly import Gap, Reassembly
from shared.tap.wire import RecentEnd, ask_recent, read, reader_topic, stream_topic
from shared.units import AccessUnit

Sink = Callable[[AccessUnit | Gap], None]


class Subscription:
    """One reader's interest in one stream."""

    def __init__(self, subscriber: "TapSubscriber", stream: StreamId) -> None:
        self._subscriber = subscriber
        self.stream = stream

    def close(self) -> None:
        """Give nothing more to the sink, and stop the stream from being sent here. Twice is no error."""
        self._subscriber.leave(self)


class TapSubscriber:
    """Asks publishers for streams and gives each its units in order. One sink a stream at a time."""

    def __init__(self, endpoints: Sequence[Endpoint], keys: TapKeys | None, clock: Clock) -> None:
        self._pump = Pump(zmq.XSUB, endpoints, keys, self._received)
        self._keys = keys
        self._checks_origin = keys is not None and keys.peers_dir is not None
        self._communes: dict[str, str | None] = {}
        self._clock = clock
        # Public, so that nobody else's answers land here; it guards nothing.
        self._reader = os.urandom(16)
        self._streams: dict[StreamId, tuple[Subscription, Reassembly]] = {}
        self._trouble = Trouble(get_logger("tap"), "tap-message-refused", clock)
        self._units = metrics.counter("tap_units_received_total", "Units received from the tap")
        self._bad = metrics.counter("tap_bad_messages_total", "Messages of the tap that could not be read")

    async def start(self) -> None:
        await self._pump.start()
        self._pump.send((b"\x01" + reader_topic(self._reader),))

    async def close(self) -> None:
        self._streams.clear()
        await self._pump.close()

    def subscribe(self, stream: StreamId, sink: Sink) -> Subscription:
        """Give `sink` the stream's recent units, then its live ones, in the loop's thread.

        Raises ValueError when the stream has a sink already.
        """
        if stream in self._streams:
            raise ValueError(f"{stream} is subscribed already")
        subscription = Subscription(self, stream)
        reassembly = Reassembly(stream, sink, lambda: self._ask(stream), self._clock)
        self._streams[stream] = (subscription, reassembly)
        self._pump.send((b"\x01" + stream_topic(stream),))
        reassembly.start()
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """End a subscription; see `Subscription.close`."""
        held = self._streams.get(subscription.stream)
        if held is not None and held[0] is subscription:
            del self._streams[subscription.stream]
            self._pump.send((b"\x00" + stream_topic(subscription.stream),))

    def _ask(self, stream: StreamId) -> None:
        self._pump.send((ask_recent(self._reader, stream),))

    def _received(self, frames: list[zmq.Frame]) -> None:
        if len(frames) != 3:
            self._refuse(f"a message of {len(frames)} frames")
            return
        try:
            message = read(frames[1].bytes, frames[2].bytes)
        except BadInput as error:
            self._refuse(error.detail)
            return
        stream = message.stream if isinstance(message, RecentEnd) else message.unit.stream
        if self._checks_origin and not may_publish(self._commune(frames[1]), stream):
            self._refuse(f"{stream} comes from a worker of another commune")
            return
        held = self._streams.get(stream)
        if held is None:
            return
        reassembly = held[1]
        if isinstance(message, RecentEnd):
            reassembly.recent_end()
        elif message.recent:
            self._units.inc()
            reassembly.recent(message.unit)
        else:
            self._units.inc()
            reassembly.live(message.unit)

    def _commune(self, frame: zmq.Frame) -> str | None:
        assert self._keys is not None
        public = frame.get("User-Id")
        if not isinstance(public, str):
            return None
        if public not in self._communes:
            self._communes[public] = self._keys.commune_of(public)
        return self._communes[public]

    def _refuse(self, cause: str) -> None:
        self._bad.inc()
        self._trouble.count(cause)
