"""Runs one service: signals, supervised work, `/healthz` and `/metrics`, an orderly stop."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop

from shared import metrics
from shared.backoff import Backoff
from shared.clock import Clock, SystemClock
from shared.errors import BeffroiError, Unavailable
from shared.log import configure, get_logger
from shared.redact import redact
from shared.settings import Settings, load

Work = Callable[[], Awaitable[None]]
Probe = Callable[[], str | None]

_CLOSE_TIMEOUT_S = 5.0
_REQUEST_TIMEOUT_S = 5.0
_MAX_REQUEST_LINE = 4096


class Service:
    """One a process: what it runs, how it is, how it ends."""

    def __init__(
        self, name: str, *, status_port: int, status_host: str = "127.0.0.1", clock: Clock | None = None
    ) -> None:
        self.name = name
        self.stopping = asyncio.Event()
        self.failure: BaseException | None = None
        self.clock: Clock = clock if clock is not None else SystemClock()
        self._status_host = status_host
        self._status_port = status_port
        self._log = get_logger(name)
        self._tasks: list[asyncio.Task[None]] = []
        self._closers: list[Work] = []
        self._checks: dict[str, Probe] = {}
        self._restarts = metrics.counter(
            "beffroi_work_restarts_total", "Supervised work that failed and was started again", ["work"]
        )

    def supervise(self, name: str, work: Work, *, backoff: Backoff | None = None) -> None:
        """Run `work` until the service stops. When it fails or ends it starts again after a wait."""
        self._tasks.append(
            asyncio.create_task(self._kept_running(name, work, backoff or Backoff()), name=name)
        )

    def check(self, name: str, probe: Probe) -> None:
        """Make `/healthz` ask `probe`: None says all is well, a sentence says what is not."""
        self._checks[name] = probe

    def on_stop(self, close: Work) -> None:
        """Await `close` when the service stops; the last registered closes first."""
        self._closers.append(close)

    def health(self) -> dict[str, str]:
        """What is not well, by name of the check; empty when all is."""
        answers = {name: probe() for name, probe in self._checks.items()}
        return {name: reason for name, reason in answers.items() if reason is not None}

    async def run(self) -> None:
        """Serve until SIGTERM, SIGINT or `stopping`, then stop everything.

        Raises Unavailable when the status port is taken, or `failure` where some part set one.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        try:
            status = await self._open_status()
            self._log.info("service-started", service=self.name)
            await self.stopping.wait()
            self._log.info("service-stopping", service=self.name)
            status.close()
        finally:
            await self._close()
        if self.failure is not None:
            raise self.failure

    async def _kept_running(self, name: str, work: Work, backoff: Backoff) -> None:
        while not self.stopping.is_set():
            started_ns = self.clock.monotonic_ns()
            try:
                await work()
                reason = "it ended"
            except BeffroiError as error:
                reason = error.detail
            except Exception as error:  # A supervisor is the last to see a fault; it logs it and tries again.
                reason = redact(f"{type(error).__name__}: {error}")
            if self.clock.monotonic_ns() - started_ns > 60_000_000_000:
                backoff.reset()
            wait_s = backoff.next_s()
            self._restarts.labels(name).inc()
            self._log.warning("work-restarts", work=name, reason=reason, wait_s=round(wait_s, 2))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), wait_s)

    async def _close(self) -> None:
        for close in reversed(self._closers):
            try:
                await asyncio.wait_for(close(), _CLOSE_TIMEOUT_S)
            except Exception as error:  # One part that cannot close must not keep the others open.
                self._log.error("close-failed", reason=redact(f"{type(error).__name__}: {error}"))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open_status(self) -> asyncio.Server:
        try:
            return await asyncio.start_server(self._answer, self._status_host, self._status_port)
        except OSError as error:
            where = f"{self._status_host}:{self._status_port}"
            raise Unavailable(f"{self.name} cannot open its status port {where}: {error.strerror}") from error

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            line = await asyncio.wait_for(reader.readline(), _REQUEST_TIMEOUT_S)
            writer.write(self._response(line[:_MAX_REQUEST_LINE]))
            await asyncio.wait_for(writer.drain(), _REQUEST_TIMEOUT_S)
        writer.close()

    def _response(self, request_line: bytes) -> bytes:
        parts = request_line.split()
        method, path = (parts[0], parts[1].split(b"?")[0]) if len(parts) >= 2 else (b"", b"")
        if method != b"GET":
            return _http(b"405 Method Not Allowed", b"text/plain", b"GET only\n")
        if path == b"/metrics":
            return _http(b"200 OK", metrics.CONTENT_TYPE.encode(), metrics.render())
        if path == b"/healthz":
            wrong = self.health()
            body = json.dumps({"service": self.name, "ok": not wrong, "wrong": wrong}, ensure_ascii=False)
            status = b"503 Service Unavailable" if wrong else b"200 OK"
            return _http(status, b"application/json", body.encode())
        return _http(b"404 Not Found", b"text/plain", b"/healthz or /metrics\n")


def _http(status: bytes, content_type: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, content_type, len(body)) + body


def main(name: str, build: Callable[[], Awaitable[Service]]) -> int:
    """Build and run a service; the exit code of its process.

    An error that a user can act on becomes one sentence on standard error and exit code 2.
    """

    async def serve() -> None:
        service = await build()
        await service.run()

    try:
        configure(name, json=load(Settings).log_json)
        uvloop.run(serve())
    except BeffroiError as error:
        print(f"beffroi {name}: {error.detail}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0
