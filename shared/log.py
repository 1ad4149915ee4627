"""Structured log: one event a line, JSON for machines or readable for people, credentials always out."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Protocol

import structlog

from shared.clock import Clock
from shared.redact import MASK, is_secret_name, redact


class Logger(Protocol):
    """What a module may do with its log. `event` is a fixed name; what varies goes into the fields."""

    def debug(self, event: str, **fields: object) -> object: ...
    def info(self, event: str, **fields: object) -> object: ...
    def warning(self, event: str, **fields: object) -> object: ...
    def error(self, event: str, **fields: object) -> object: ...


def _redacted(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    for name, value in event.items():
        if name != "event" and is_secret_name(name):
            event[name] = MASK
        elif isinstance(value, str):
            event[name] = redact(value)
        elif not isinstance(value, int | float | bool | None):
            event[name] = redact(str(value))
    return event


class _Foreign(logging.Handler):
    """Passes what libraries log through the same redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"library": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = repr(record.exc_info[1])
        log = get_logger(record.name)
        write = log.error if record.levelno >= logging.ERROR else log.warning
        write(record.getMessage(), **fields)


def configure(service: str, *, json: bool) -> None:
    """Set the process's log up, on standard error. `json` chooses machines over people."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    logging.basicConfig(level=logging.WARNING, handlers=[_Foreign()], force=True)
    get_logger(service).debug("log-configured")


def get_logger(name: str) -> Logger:
    """A logger whose every line carries `name`."""
    logger: Logger = structlog.get_logger().bind(logger=name)
    return logger


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
