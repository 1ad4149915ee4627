"""Which topics of a stream a reader has asked for, of workers that may be older than it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from shared.ids import StreamId
from shared.tap.bundle import bundled_topic
from shared.tap.wire import gathered_topic, stream_topic

LOOK_EVERY_S = 1.0
SILENT_LOOKS = 4
"""Looks in a row before which nothing came: silence of three to four seconds."""

PATIENCE_S = 0.02
"""How long a reader who may wait lets messages wait for others: a worker sends those of all its streams at
one go, and to be woken for each costs more than to read it."""


class Form(IntEnum):
    """How live units come, the dearest first."""

    SINGLE = 0
    GATHERED = 1
    BUNDLED = 2


@dataclass(slots=True)
class Asked:
    """What is asked for of one stream."""

    stream: StreamId
    least: Form = Form.SINGLE
    """The dearest form that is asked for."""
    came: bool = False
    """Whether units came in that form since the last look; whoever gets them says so."""
    silent_looks: int = 0


class Asking:
    """Asks for each form of a stream's live units that is of use, and for the cheapest alone that a worker
    sends.

    A worker that does not know a form sends none of it, so the dearer ones are left only when units came in a
    cheaper one, and asked for again when those have been silent for SILENT_LOOKS: the worker may be an older
    one by then.
    """

    def __init__(self, send: Callable[[bytes], None], reader: bytes, *, may_wait: bool) -> None:
        self._send = send
        self._reader = reader
        self._forms = tuple(form for form in Form if may_wait or form is not Form.GATHERED)
        self._may_wait = may_wait
        self._asked: dict[StreamId, Asked] = {}

    def begin(self, stream: StreamId) -> Asked:
        """Ask for all forms."""
        asked = self._asked[stream] = Asked(stream)
        self.again(asked)
        return asked

    def again(self, asked: Asked) -> None:
        """Ask for all forms once more: nobody may have heard it."""
        asked.least = Form.SINGLE
        for form in self._forms:
            self._send(b"\x01" + self._topic(asked.stream, form))

    def end(self, stream: StreamId) -> None:
        """Leave what was asked for."""
        least = self._asked.pop(stream).least
        for form in self._forms:
            if form >= least:
                self._send(b"\x00" + self._topic(stream, form))

    def heard(self, asked: Asked, form: Form) -> None:
        """Units of a stream came in a form: leave the dearer ones."""
        if form < asked.least or form is Form.SINGLE:
            return
        asked.came = True
        for dearer in self._forms:
            if asked.least <= dearer < form:
                self._send(b"\x00" + self._topic(asked.stream, dearer))
        asked.least = form

    def look(self) -> None:
        """Ask for all forms where the cheap ones have been silent; to be called every LOOK_EVERY_S."""
        for asked in self._asked.values():
            asked.silent_looks = 0 if asked.came else asked.silent_looks + 1
            asked.came = False
            if asked.least is not Form.SINGLE and asked.silent_looks >= SILENT_LOOKS:
                left, asked.least = asked.least, Form.SINGLE
                for form in self._forms:
                    if form < left:
                        self._send(b"\x01" + self._topic(asked.stream, form))

    def _topic(self, stream: StreamId, form: Form) -> bytes:
        if form is Form.BUNDLED:
            return bundled_topic(self._reader, stream, patient=self._may_wait)
        return stream_topic(stream) if form is Form.SINGLE else gathered_topic(stream)
