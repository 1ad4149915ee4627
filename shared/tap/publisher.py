"""The sending side of the tap: an ingest worker."""

from collections.abc import Callable, Sequence

import zmq

from shared import metrics
from shared.clock import Clock, SystemClock
from shared.errors import BadInput
from shared.ids import StreamId
from shared.tap.bundling import Bundles, Bundling
from shared.tap.endpoint import Endpoint
from shared.tap.gathering import GATHERED_BYTES, Gathering
from shared.tap.keys import TapKeys
from shared.tap.pump import Pump
from shared.tap.wire import (
    MAX_UNIT_BYTES,
    count_of,
    gathered,
    gathered_topic,
    read_ask,
    reader_topic,
    stream_of,
    stream_topic,
    unit_header,
)
from shared.units import AccessUnit, UnitBatch

_UNWANTED = (False, False)


class TapPublisher:
    """Publishes the units of streams somebody asked for, and answers requests for recent ones.

    `recent` gives a stream's current group of pictures, empty for a stream that is not ours.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        keys: TapKeys | None,
        recent: Callable[[StreamId], Sequence[AccessUnit]],
        clock: Clock | None = None,
    ) -> None:
        self._pump = Pump(zmq.XPUB, endpoints, keys, self._upstream)
        self._recent = recent
        self._changed: Callable[[StreamId], None] | None = None
        self._wanted: set[bytes] = set()
        self._told: dict[StreamId, tuple[bool, bool]] = {}
        self._topics: dict[StreamId, tuple[bytes, bytes]] = {}
        self._gathering = Gathering(self._send_gathered)
        self._bundles = Bundles(self._send_units, SystemClock() if clock is None else clock)
        self._sent = metrics.counter("tap_units_sent_total", "Units given to the tap")
        self._dropped = metrics.counter(
            "tap_units_dropped_total", "Units the tap could not take, too large ones among them"
        )
        self._bad = metrics.counter("tap_bad_messages_total", "Messages of the tap that could not be read")

    async def start(self) -> None:
        await self._pump.start()

    async def close(self) -> None:
        self._gathering.flush()
        self._bundles.flush()
        await self._pump.close()

    def wanted(self, stream: StreamId) -> bool:
        """Whether anybody has asked for the stream."""
        return self._bundles.of(stream) is not None or not self._wanted.isdisjoint(self._topics_of(stream))

    def tell(self, changed: Callable[[StreamId], None]) -> None:
        """Tell `changed` from now on of each stream that is wanted otherwise than before."""
        self._changed = changed

    def wanted_at_once(self, stream: StreamId) -> bool:
        """Whether anybody has asked for each unit as soon as it is there."""
        readers = self._bundles.of(stream)
        return bool(readers is not None and readers.at_once) or self._topics_of(stream)[0] in self._wanted

    def publish(self, unit: AccessUnit) -> None:
        """Send a unit to those who asked for its stream, a little later to those who may wait.

        Never blocks; call it in the loop's thread.
        What ZeroMQ drops for a reader whose queue is full is counted there, as a gap.
        """
        topic, patient = self._topics_of(unit.stream)
        readers = self._bundles.of(unit.stream)
        at_once = () if readers is None else readers.at_once
        if at_once or topic in self._wanted:
            self._publish_at_once(unit, topic, at_once)
        if patient in self._wanted or (readers is not None and readers.patient):
            self._gather(unit)

    def publish_batch(self, batch: UnitBatch) -> None:
        """Send units that came together, as `publish` would each of them."""
        topic, patient = self._topics_of(batch.stream)
        readers = self._bundles.of(batch.stream)
        if topic in self._wanted or (readers is not None and readers.at_once):
            for unit in batch.units():
                self.publish(unit)
        elif patient in self._wanted or readers is not None:
            self._gather_batch(batch)

    def _publish_at_once(self, unit: AccessUnit, topic: bytes, bundlings: Sequence[Bundling]) -> None:
        if not 0 < len(unit.data) <= MAX_UNIT_BYTES:
            self._dropped.inc()
            return
        header = unit_header(unit, recent=False)
        if topic in self._wanted:
            self._send_units((topic, header, unit.data), 1)
        for bundling in bundlings:
            bundling.add_at_once(header, unit.data)

    def _gather_batch(self, batch: UnitBatch) -> None:
        if len(batch.data) <= GATHERED_BYTES:
            self._gathering.add_batch(batch)
        else:
            for unit in batch.units():
                self._gather(unit)

    def _topics_of(self, stream: StreamId) -> tuple[bytes, bytes]:
        topics = self._topics.get(stream)
        if topics is None:
            topics = self._topics[stream] = (stream_topic(stream), gathered_topic(stream))
        return topics

    def _gather(self, unit: AccessUnit) -> None:
        if 0 < len(unit.data) <= MAX_UNIT_BYTES:
            self._gathering.add(unit)
        else:
            self._dropped.inc()

    def _send_gathered(self, units: Sequence[AccessUnit | UnitBatch]) -> None:
        _, topic = self._topics_of(units[0].stream)
        readers = self._bundles.of(units[0].stream)
        patient = () if readers is None else readers.patient
        if not patient and topic not in self._wanted:
            return
        header, data = gathered(units)
        count = count_of(units)
        if topic in self._wanted:
            self._send_units((topic, header, data), count)
        for bundling in patient:
            bundling.add(header, data, count)

    def _upstream(self, frames: list[zmq.Frame]) -> None:
        message = frames[0].bytes
        if message[:1] == b"\x01":
            self._wanted.add(message[1:])
            self._asked_for(message[1:], True)
        elif message[:1] == b"\x00":
            self._wanted.discard(message[1:])
            self._asked_for(message[1:], False)
        else:
            self._answer(message)

    def _asked_for(self, topic: bytes, asked: bool) -> None:
        stream = self._bundles.told(topic, asked) or stream_of(topic)
        if stream is None:
            return
        wanted = self.wanted_at_once(stream), self.wanted(stream)
        if wanted == self._told.get(stream, _UNWANTED):
            return
        self._told[stream] = wanted
        if wanted == _UNWANTED:
            del self._told[stream]
        if self._changed is not None:
            self._changed(stream)

    def _answer(self, message: bytes) -> None:
        try:
            reader, stream = read_ask(message)
        except BadInput:
            self._bad.inc()
            return
        recent = self._recent(stream)
        if not recent:
            return
        topic = reader_topic(reader)
        for unit in recent:
            header = unit_header(unit, recent=True, last=unit is recent[-1])
            if 0 < len(unit.data) <= MAX_UNIT_BYTES:
                self._send_units((topic, header, unit.data), 1)
            else:
                self._dropped.inc()

    def _send_units(self, frames: Sequence[bytes], count: int) -> None:
        (self._sent if self._pump.send(frames) else self._dropped).inc(count)
