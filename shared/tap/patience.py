"""Which topics of a stream a reader who may wait has asked for."""

from collections.abc import Callable

from shared.clock import Clock
from shared.ids import StreamId
from shared.tap.wire import gathered_topic, stream_topic

SILENT_NS = 3_000_000_000
LOOK_EVERY_S = 1.0
PATIENCE_S = 0.02
"""How long a reader who may wait lets messages wait for others: a worker sends those of all its streams at
one go, and to be woken for each costs more than to read it."""


class Patience:
    """Asks for gathered units beside single ones, and for gathered ones alone where a worker sends them.

    A worker that does not know them sends none, so single units are left only when gathered ones came, and
    asked for again when those have been silent for SILENT_NS: the worker may be an older one by then.
    """

    def __init__(self, send: Callable[[bytes], None], clock: Clock) -> None:
        self._send = send
        self._clock = clock
        # When gathered units of a stream last came; None while single ones are asked for too.
        self._heard_ns: dict[StreamId, int | None] = {}

    def begin(self, stream: StreamId) -> None:
        """Ask for both."""
        self._heard_ns[stream] = None
        self._send(b"\x01" + stream_topic(stream))
        self._send(b"\x01" + gathered_topic(stream))

    def end(self, stream: StreamId) -> None:
        """Leave what was asked for."""
        self._send(b"\x00" + gathered_topic(stream))
        if self._heard_ns.pop(stream) is None:
            self._send(b"\x00" + stream_topic(stream))

    def heard(self, stream: StreamId) -> None:
        """Gathered units of a stream came."""
        if self._heard_ns[stream] is None:
            self._send(b"\x00" + stream_topic(stream))
        self._heard_ns[stream] = self._clock.monotonic_ns()

    def look(self) -> None:
        """Ask for single units where gathered ones have been silent; to be called every LOOK_EVERY_S."""
        now_ns = self._clock.monotonic_ns()
        for stream, heard_ns in self._heard_ns.items():
            if heard_ns is not None and now_ns - heard_ns >= SILENT_NS:
                self._heard_ns[stream] = None
                self._send(b"\x01" + stream_topic(stream))
