"""Which topics of a stream a reader has asked for, of workers that may be older than it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from shared.clock import Clock
from shared.ids import StreamId
from shared.tap.bundle import bundled_topic
from shared.tap.wire import gathered_topic, stream_topic

SILENT_NS = 3_000_000_000
LOOK_EVERY_S = 1.0
PATIENCE_S = 0.02
"""How long a reader who may wait lets messages wait for others: a worker sends those of all its streams at
one go, and to be woken for each costs more than to read it."""


class Form(IntEnum):
    """How live units come, the dearest first."""

    SINGLE = 0
    GATHERED = 1
    BUNDLED = 2


@dataclass(slots=True)
class _Asked:
    least: Form
    """The dearest form that is asked for; it stands first."""
    heard_ns: int = 0


class Asking:
    """Asks for each form of a stream's live units that is of use, and for the cheapest alone that a worker
    sends.

    A worker that does not know a form sends none of it, so the dearer ones are left only when units came in a
    cheaper one, and asked for again when those have been silent for SILENT_NS: the worker may be an older one
    by then.
    """

    def __init__(self, send: Callable[[bytes], None], clock: Clock, reader: bytes, *, may_wait: bool) -> None:
        self._send = send
        self._clock = clock
        self._reader = reader
        self._forms = (Form.SINGLE, Form.GATHERED, Form.BUNDLED) if may_wait else (Form.SINGLE, Form.BUNDLED)
        self._may_wait = may_wait
        self._asked: dict[StreamId, _Asked] = {}

    def begin(self, stream: StreamId) -> None:
        """Ask for all forms."""
        self._asked[stream] = _Asked(Form.SINGLE)
        for form in self._forms:
            self._send(b"\x01" + self._topic(stream, form))

    def end(self, stream: StreamId) -> None:
        """Leave what was asked for."""
        least = self._asked.pop(stream).least
        for form in self._forms:
            if form >= least:
                self._send(b"\x00" + self._topic(stream, form))

    def heard(self, stream: StreamId, form: Form) -> None:
        """Units of a stream came in a form."""
        asked = self._asked[stream]
        if form < asked.least or form is Form.SINGLE:
            return
        asked.heard_ns = self._clock.monotonic_ns()
        if form > asked.least:
            self._leave_dearer(stream, asked, form)

    def look(self) -> None:
        """Ask for all forms where the cheap ones have been silent; to be called every LOOK_EVERY_S."""
        now_ns = self._clock.monotonic_ns()
        for stream, asked in self._asked.items():
            if asked.least is not Form.SINGLE and now_ns - asked.heard_ns >= SILENT_NS:
                left, asked.least = asked.least, Form.SINGLE
                for form in self._forms:
                    if form < left:
                        self._send(b"\x01" + self._topic(stream, form))

    def _leave_dearer(self, stream: StreamId, asked: _Asked, form: Form) -> None:
        for dearer in self._forms:
            if asked.least <= dearer < form:
                self._send(b"\x00" + self._topic(stream, dearer))
        asked.least = form

    def _topic(self, stream: StreamId, form: Form) -> bytes:
        if form is Form.BUNDLED:
            return bundled_topic(self._reader, stream, patient=self._may_wait)
        return stream_topic(stream) if form is Form.SINGLE else gathered_topic(stream)
