"""Runs the process that redacts one film. Blocking: it is fed by one thread and read by another."""

import os
import subprocess
import sys
from contextlib import suppress
from threading import Event, Thread
from typing import IO, BinaryIO, Protocol, cast

from shared.errors import Conflict
from shared.reasons import why
from shared.redaction import RedactionSetup
from shared.transcoding.framing import Message, encoded, read_from

_OURS = "BEFFROI_"
_HUNG_S = 60.0


class RedactorChild(Protocol):
    """A redactor under way: what is sent to it waits until it is read."""

    def send(self, message: Message) -> None:
        """Raises Conflict where it has ended."""
        ...

    def receive(self) -> Message | None:
        """Its next message, None once it has ended. Raises BadInput."""
        ...

    def no_more(self) -> None:
        """Nothing more will be sent."""
        ...

    def end(self) -> None:
        """End it now, and wait until it is gone. Twice is no error."""
        ...


class RedactorProcess:
    """`python -m shared.transcoder.redactor`. It gets no settings or secrets: it reads what cameras send.

    One that says nothing for a minute is ended.
    """

    def __init__(self, setup: RedactionSetup) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        command = (sys.executable, "-m", "shared.transcoder.redactor")
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        except OSError as error:
            raise failed() from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in: IO[bytes] = self._process.stdin
        self._out = cast(BinaryIO, self._process.stdout)
        self._heard, self._ended = Event(), Event()
        Thread(target=self._watch, name="redactor watch", daemon=True).start()
        self._write(setup.line())

    def send(self, message: Message) -> None:
        self._write(encoded(message))

    def receive(self) -> Message | None:
        message = read_from(self._out)
        self._heard.set()
        return message

    def no_more(self) -> None:
        try:
            self._in.close()
        except OSError as error:
            raise failed() from error

    def end(self) -> None:
        self._ended.set()
        self._heard.set()
        self._process.kill()
        self._process.wait()
        # What was still to be written goes nowhere: the reader is gone.
        with suppress(OSError):
            self._in.close()
        self._out.close()

    def _write(self, data: bytes) -> None:
        try:
            self._in.write(data)
            self._in.flush()
        except (OSError, ValueError) as error:
            raise failed() from error

    def _watch(self) -> None:
        while self._heard.wait(_HUNG_S) and not self._ended.is_set():
            self._heard.clear()
        self._process.kill()


def failed() -> Conflict:
    """What a redaction ends with that cannot be brought to its end."""
    return Conflict(why("redaction-failed", "the pictures of this range cannot be redacted"))
