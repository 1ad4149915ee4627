"""Structured log: one event a line, JSON for machines or readable for people, credentials always out."""

import io
import logging
import math
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Protocol

import structlog

from shared.clock import Clock
from shared.redact import MASK, is_secret_name, redact

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Those that JSON leaves as they are.
_HIGH_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029]")


class Logger(Protocol):
    """What a module may do with its log. `event` is a fixed name; what varies goes into the fields.

    `exc_info=error` as a field adds the error's traceback.
    """

    def debug(self, event: str, **fields: object) -> object: ...
    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...
    def error(self, event: str, **fields: object) -> object: ...


Fields = MutableMapping[str, object]


def _redacted(_logger: object, _method: str, event: Fields) -> Fields:
    for name, value in event.items():
        if value is None or isinstance(value, bool | int):
            continue
        if isinstance(value, float):
            # JSON has no word for the others.
            event[name] = value if math.isfinite(value) else str(value)
        elif name != "event" and is_secret_name(name):
            event[name] = MASK
        else:
            event[name] = redact(str(value))
    return event


def _visible(control: re.Match[str]) -> str:
    return repr(control[0])[1:-1]


def _on_one_line(controls: re.Pattern[str]) -> structlog.typing.Processor:
    """Keeps foreign text from breaking lines or steering a terminal."""

    def escaped(_logger: object, _method: str, event: Fields) -> Fields:
        for name, value in event.items():
            if isinstance(value, str):
                lines = value.split("\n") if name == "exception" else [value]
                event[name] = "\n".join(controls.sub(_visible, line) for line in lines)
        return event

    return escaped


class _Stderr(io.StringIO):
    """The process's standard error; what cannot be written is lost, because a log must stop nobody."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


class _Named:
    """Looks the process's log up at each line."""

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, event: str, **fields: object) -> None:
        structlog.get_logger().debug(event, **self._with_name(fields))

    def info(self, event: str, **fields: object) -> None:
        structlog.get_logger().info(event, **self._with_name(fields))

    def warning(self, event: str, **fields: object) -> None:
        structlog.get_logger().warning(event, **self._with_name(fields))

    def error(self, event: str, **fields: object) -> None:
        structlog.get_logger().error(event, **self._with_name(fields))

    def _with_name(self, fields: dict[str, object]) -> dict[str, object]:
        return {"logger": self._name, **fields}


class _Foreign(logging.Handler):
    """Passes what libraries log through the same redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"library": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)
        log = get_logger(record.name)
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(message, **fields)


def configure(service: str, *, json: bool) -> None:
    """Set the process's log up, on standard error. `json` chooses machines over people."""
    renderers: list[structlog.typing.Processor] = (
        [_on_one_line(_HIGH_CONTROL), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if json
        else [
            _on_one_line(_CONTROL),
            structlog.dev.ConsoleRenderer(
                colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    logging.basicConfig(level=logging.WARNING, handlers=[_Foreign()], force=True)
    get_logger(service).debug("log-configured")


def get_logger(name: str) -> Logger:
    """A logger whose every line carries `name`. It obeys `configure` even when it was made before it."""
    return _Named(name)


class Trouble:
    """Counts trouble that may come with every frame and logs it once a second at most, with the last cause.

    What was counted after the last line is logged with the first count of a later second, or by `flush`.
    """

    def __init__(self, log: Logger, event: str, clock: Clock) -> None:
        self._log = log
        self._event = event
        self._clock = clock
        self._pending = 0
        self._cause = ""
        self._logged_ns: int | None = None
        self.total = 0

    def count(self, cause: str, n: int = 1) -> None:
        """Count `n` cases of trouble; `cause` says what the last one was."""
        self.total += n
        self._pending += n
        self._cause = cause
        now_ns = self._clock.monotonic_ns()
        if self._logged_ns is None or now_ns - self._logged_ns >= 1_000_000_000:
            self.flush()

    def flush(self) -> None:
        """Log what is pending, if anything is."""
        if self._pending:
            self._log.warning(self._event, count=self._pending, total=self.total, last_cause=self._cause)
            self._pending = 0
            self._logged_ns = self._clock.monotonic_ns()
