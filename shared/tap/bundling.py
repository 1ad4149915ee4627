"""What is on its way from the publisher to readers who take units of many streams in one message."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.clock import Clock
from shared.ids import StreamId
from shared.tap.bundle import BUNDLE_TOPIC, bundle, bundle_topic, read_bundled

SPAN_S = 0.001
"""What is to go at once waits so long at most, for others, where much is sent."""

EARN_S = 0.001
CREDIT = 20.0
"""A message may leave without waiting so often, and so many more after a pause: a wall's cameras never wait,
even where their pictures come at one time."""

BUNDLED_BYTES = 256 << 10
BUNDLED_PARTS = 64
"""Bounds of what waits for one reader; beyond them it is sent at once."""

Send = Callable[[Sequence[bytes], int], None]
"""Sends the frames of a message with so many units."""


class Bundling:
    """One reader's parts, sent in the order they were added in.

    `add_at_once` sends while there is credit, of which EARN_S brings one; without credit the parts of a span
    leave together, one timer later. `add` sends when the loop's turn is over: what comes at one go leaves
    together. Call them in the loop's thread.
    """

    def __init__(self, reader: bytes, send: Send, clock: Clock) -> None:
        self.heard = False
        """Whether the reader has asked for its topic: before, nothing sent would reach it."""
        self.asked = 0
        """How many streams it asks for."""
        self._topic = bundle_topic(reader)
        self._send = send
        self._clock = clock
        self._headers: list[bytes] = []
        self._datas: list[bytes] = []
        self._bytes = self._units = 0
        self._credit = CREDIT
        self._counted_ns = clock.monotonic_ns()
        self._due: asyncio.Handle | None = None
        self._waits = False

    def add_at_once(self, header: bytes, data: bytes) -> None:
        """Send a unit, at most SPAN_S later."""
        if not self._keep(header, data, 1) or self._waits:
            return
        if self._earned() >= 1.0:
            self.flush()
            return
        self._cancel()
        self._waits = True
        self._due = asyncio.get_running_loop().call_later(SPAN_S, self.flush)

    def add(self, header: bytes, data: bytes, units: int) -> None:
        """Send so many gathered units, with what else comes at this turn of the loop."""
        if self._keep(header, data, units) and self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Send all that waits."""
        self._cancel()
        if not self._headers:
            return
        self._credit = max(0.0, self._earned() - 1.0)
        headers, datas, units = self._headers, self._datas, self._units
        self._headers, self._datas, self._bytes, self._units = [], [], 0, 0
        self._send((self._topic, bundle(headers), *datas), units)

    def _keep(self, header: bytes, data: bytes, units: int) -> bool:
        """Let a part wait; whether something has to be done for it to be sent."""
        if not self.heard:
            return False
        if self._headers and self._bytes + len(data) > BUNDLED_BYTES:
            self.flush()
        self._headers.append(header)
        self._datas.append(data)
        self._bytes += len(data)
        self._units += units
        if self._bytes < BUNDLED_BYTES and len(self._headers) < BUNDLED_PARTS:
            return True
        self.flush()
        return False

    def _earned(self) -> float:
        """The credit by now."""
        now_ns = self._clock.monotonic_ns()
        self._credit = min(CREDIT, self._credit + (now_ns - self._counted_ns) / (EARN_S * 1e9))
        self._counted_ns = now_ns
        return self._credit

    def _cancel(self) -> None:
        self._waits = False
        if self._due is not None:
            self._due.cancel()
            self._due = None


@dataclass(slots=True)
class Readers:
    """Who takes a stream in bundles: those who are to have each unit at once, and those who may wait."""

    at_once: list[Bundling] = field(default_factory=list)
    patient: list[Bundling] = field(default_factory=list)


class Bundles:
    """All readers of a publisher that take bundles, as their topics say."""

    def __init__(self, send: Send, clock: Clock) -> None:
        self._send = send
        self._clock = clock
        self._bundlings: dict[bytes, Bundling] = {}
        self._streams: dict[StreamId, Readers] = {}

    def of(self, stream: StreamId) -> Readers | None:
        """Who takes a stream; None where nobody does."""
        return self._streams.get(stream)

    def told(self, topic: bytes, asked: bool) -> StreamId | None:
        """A topic was asked for, or left, which ZeroMQ says once for all that are one's own: of which stream
        that is news, if any."""
        if topic[:1] == BUNDLE_TOPIC:
            self._bundling(topic[1:]).heard = asked
            self._tidy(topic[1:])
            return None
        named = read_bundled(topic)
        if named is None:
            return None
        reader, stream, patient = named
        readers = self._streams.setdefault(stream, Readers())
        among = readers.patient if patient else readers.at_once
        bundling = self._bundling(reader)
        if asked and bundling not in among:
            among.append(bundling)
            bundling.asked += 1
        elif not asked and bundling in among:
            among.remove(bundling)
            bundling.asked -= 1
        if not readers.at_once and not readers.patient:
            del self._streams[stream]
        self._tidy(reader)
        return stream

    def flush(self) -> None:
        """Send all that waits."""
        for bundling in self._bundlings.values():
            bundling.flush()

    def _bundling(self, reader: bytes) -> Bundling:
        found = self._bundlings.get(reader)
        if found is None:
            found = self._bundlings[reader] = Bundling(reader, self._send, self._clock)
        return found

    def _tidy(self, reader: bytes) -> None:
        """Forget a reader that asks for nothing any more."""
        bundling = self._bundlings[reader]
        if not bundling.heard and not bundling.asked:
            bundling.flush()
            del self._bundlings[reader]
